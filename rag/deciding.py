"""Whether the papers answer a question, which of them, and which of their sentences. Pure.

The models' weights are fitted by ``python -m evals.bench.fit``; BENCHMARKS.md has the curves that
the thresholds here were read off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rag.context import EvidencePaper, EvidenceSentence
from rag.features import (
    asks_only_what_it_is,
    is_telling,
    list_features,
    paper_features,
    sentence_features,
)
from rag.linear import Logistic, fitted
from rag.manner import Length, Strictness
from rag.planning.hops import Shape

Models = Mapping[str, Logistic]

CLEARLY_ANSWERABLE = 0.75
"""Below it a reader is told that the quotes may not answer: of the questions that are quoted for,
this holds for four in ten that nothing answers, and for two in ten of the others."""

Pointing = Literal["none", "named", "before"]
"""Whether a question points to a paper: by naming it, or to one that was spoken of before."""

MODELS: dict[Pointing, str] = {
    "none": "answerable",
    "named": "answerable_named",
    "before": "answerable_before",
}
"""The model of whether a question is answerable, by what it points to."""

_LEAST: dict[Strictness, dict[Pointing, float]] = {
    "lenient": {"none": 0.5, "named": 0.4, "before": 0.4},
    "normal": {"none": 0.65, "named": 0.5, "before": 0.52},
    "strict": dict.fromkeys(get_args(Pointing), CLEARLY_ANSWERABLE),
}

SURELY_ANSWERABLE = 0.85
"""From this probability on, a search needs no second wording: two thirds of the answerable
questions reach it, and less than a tenth of the others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How many papers to quote, and how much of each.

    A paper is quoted from this ``probability`` of belonging into the answer on; the best
    ``papers`` at most, and the best one always. Of each, those sentences are quoted whose chance
    is ``of_best`` of its best one's or more; of the best paper ``sentences`` at most, of the
    others ``others``.
    """

    papers: int
    probability: float
    sentences: int
    others: int
    of_best: float


CHOICES: dict[Shape, Choice] = {
    "one": Choice(papers=3, probability=0.09, sentences=6, others=3, of_best=0.12),
    "two": Choice(papers=3, probability=0.12, sentences=4, others=4, of_best=0.15),
    "many": Choice(papers=10, probability=0.2, sentences=2, others=2, of_best=0.5),
}
"""What is quoted for an answer of normal length; chosen on the questions that the models were
fitted on (BENCHMARKS.md)."""

_SHORT: dict[Shape, Choice] = {
    "one": Choice(papers=1, probability=0.09, sentences=2, others=1, of_best=0.5),
    "two": Choice(papers=2, probability=0.12, sentences=1, others=1, of_best=0.5),
    "many": Choice(papers=5, probability=0.2, sentences=1, others=1, of_best=0.5),
}
_LONG: dict[Shape, Choice] = {
    "one": Choice(papers=3, probability=0.09, sentences=12, others=5, of_best=0.04),
    "two": Choice(papers=3, probability=0.12, sentences=8, others=8, of_best=0.05),
    "many": Choice(papers=10, probability=0.2, sentences=4, others=4, of_best=0.2),
}
_CHOICES: dict[Length, dict[Shape, Choice]] = {"short": _SHORT, "normal": CHOICES, "long": _LONG}


def choice_for(shape: Shape, length: Length = "normal") -> Choice:
    """How much is quoted for a question of this shape, in an answer of this length.

    "short": the best sentence or two of the best paper, one of each of two, or one of each of the
    five best. "long": the papers of "normal", and more of each.
    """
    return _CHOICES[length][shape]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A paper and those of its sentences that are quoted, in the abstract's order."""

    paper: EvidencePaper
    sentences: tuple[EvidenceSentence, ...]


def quotes(
    question: str,
    papers: Sequence[EvidencePaper],
    shape: Shape,
    choice: Choice,
    models: Models | None = None,
) -> list[Quoted]:
    """What is quoted to answer a question, best paper first; at least one sentence of one paper.

    There must be a paper. ``models`` are those of ``rag/fitted.json`` but for fitting them.
    """
    models = models or fitted()
    chosen = choose_papers(question, papers, shape, choice, models)
    mosts = [choice.sentences, *[choice.others] * len(chosen)]
    return [
        Quoted(paper, tuple(choose_sentences(question, paper, most, choice.of_best, models)))
        for paper, most in zip(chosen, mosts, strict=False)
    ]


def answerable(
    question: str, papers: Sequence[EvidencePaper], models: Models | None = None
) -> float:
    """The probability that the papers answer the question; 0 without papers, or without words.

    A question that names its paper, or follows up on one, finds that paper; what is left to tell
    is whether the abstract says what is asked. So there are models of their own for these.
    """
    words = {word for paper in papers for word in paper.coverage.words}
    points = pointing(papers)
    if not words or (points == "none" and not any(map(is_telling, words))):
        return 0.0  # nothing was found, or the question has no word to look for
    if asks_only_what_it_is(papers):
        return 1.0  # any abstract answers that
    model = (models or fitted())[MODELS[points]]
    return model.probability(list_features(question, papers))


def pointing(papers: Sequence[EvidencePaper]) -> Pointing:
    """Whether the question points to one of the papers.

    What was searched for a follow-up holds words that the asker did not say: titles.
    """
    focus = [paper for paper in papers if paper.focus]
    if not focus:
        return "none"
    return "named" if focus[0].asked.words == focus[0].coverage.words else "before"


def least_answerable(papers: Sequence[EvidencePaper], strictness: Strictness = "normal") -> float:
    """The probability below which quotes would more likely mislead than answer.

    Lower where a paper is pointed to: what is quoted of it is at least about it. Unanswerable and
    answerable questions refused, in cross-validation over our 1,140 questions: "normal" 0.57 and
    0.10, "strict" 0.76 and 0.33; see BENCHMARKS.md for the curve.
    """
    return _LEAST[strictness][pointing(papers)]


def choose_papers(
    question: str,
    papers: Sequence[EvidencePaper],
    shape: Shape,
    choice: Choice,
    models: Models,
) -> list[EvidencePaper]:
    """The papers that belong into the answer, best first; those that it points to alone if any."""
    pointed = any(paper.focus for paper in papers)
    model = models[f"paper_{shape}"]
    scored = [
        (model.probability(features), -place, paper)
        for place, (features, paper) in enumerate(
            zip(paper_features(question, papers), papers, strict=True)
        )
        if paper.focus or not pointed
    ]
    scored.sort(key=lambda item: item[:2], reverse=True)
    kept = [paper for p, _, paper in scored[: choice.papers] if p >= choice.probability]
    return kept or [paper for _, _, paper in scored[:1]]


def choose_sentences(
    question: str, paper: EvidencePaper, most: int, of_best: float, models: Models
) -> list[EvidenceSentence]:
    """The sentences of a paper that answer best, in the abstract's order; at least one."""
    model = models["sentence"]
    chances = [model.probability(features) for features in sentence_features(question, paper)]
    order = sorted(range(len(chances)), key=lambda i: (-chances[i], i))
    least = of_best * max(chances, default=0.0)
    kept = [place for place in order[:most] if chances[place] >= least]
    return [paper.sentences[place] for place in sorted(kept)]
