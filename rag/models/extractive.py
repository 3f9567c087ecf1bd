"""Answers without a language model: the sentences of the abstracts that answer best, quoted.

Which papers are quoted follows from the question's shape (one paper, two, or many) and their
retrieval scores; which sentences, from a weighted sum of five features of each sentence. The
weights were set by hand and checked on the development questions (BENCHMARKS.md).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.text import normalise
from rag.context import EvidencePaper, EvidenceSentence
from rag.models import ChatRequest, Completion, Mode

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Scores = NDArray[np.float64]

_MANY = re.compile(
    r"\b(?:which|what|list|name)\b[^?.]*\b(?:papers|works|approaches|methods|options|techniques|"
    r"studies|systems|benchmarks|datasets|models)\b|\b(?:overview|survey|summari[sz]e|collection)\b|"
    r"\bpapers say\b|\bhow many papers\b",
    re.IGNORECASE,
)
_TWO = re.compile(
    r"\b(?:two|both|compared?|comparison|versus|vs|differs?|differences?)\b", re.IGNORECASE
)
_ASKS_A_NUMBER = re.compile(
    r"\b(?:how (?:many|much|large|big|long|far|well|expensive|quickly|fast|often|accurate)|"
    r"percent\w*|scores?|speed|speed-?ups?|factor|number|size|rates?|accuracy|cost)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:we (?:propose|introduce|present|show|find|demonstrate|develop|release)|our|"
    r"this (?:paper|work)|results?|outperforms?|achiev\w+|experiments?)\b",
    re.IGNORECASE,
)
_POINTS_ELSEWHERE = re.compile(
    r"https?://|www\.|\b(?:code|models?|data(?:sets?)?|weights|project page)\b[^.]*\bavailable\b|"
    r"\bproject (?:page|website)\b",
    re.IGNORECASE,
)
_ASKS_WHERE = re.compile(
    r"\b(?:where|code|url|link|website|repository|github|available|open[- ]source\w*|released?)\b",
    re.IGNORECASE,
)
# A word with an inner capital, or a capital and a digit: M$^3$ViT, DisenDiff, GPT-4V.
_NAME = re.compile(r"\b(?=\w)[\w$^{}-]*(?:[a-z$^{}\d-][A-Z]|[A-Z][\w$^{}-]*\d)[\w$^{}-]*")
_EMPTY_TEXT = """
what which who whom whose when where how does did done been being have having will would could
should might this that these those there their them they with from into about than then some such
more most much many paper papers abstract your yours ours mine here only also every each both make
makes made used uses using show shows shown
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())


@dataclass(frozen=True, slots=True)
class Shape:
    """How much to quote: papers at most, how close to the best one's score, sentences of each.

    ``worth``: the share of a paper's best sentence score that its other sentences must reach.
    """

    papers: int
    closeness: float
    sentences: int
    worth: float = 0.5


ONE = Shape(papers=1, closeness=1.0, sentences=3)
TWO = Shape(papers=2, closeness=0.5, sentences=2)
MANY = Shape(papers=8, closeness=0.75, sentences=1)

# A best chunk less similar than this to the question answers it only by accident.
LEAST_COSINE = 0.29


class ExtractiveModel:
    """Quotes the best sentences of the evidence; nothing where no paper is close enough."""

    spec = "extractive"
    mode: Mode = "extractive"

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel. Raises what the embedder raises."""
        papers = request.evidence.papers
        if papers and may_answer(request.question, papers):
            shape = shape_of(request.question)
            chosen = choose_papers(papers, shape)
            gap = ""
            for sentences in self._quotes(request.question, chosen, shape):
                for sentence in sentences:
                    yield f"{gap}{sentence.text} [{sentence.key}]"
                    gap = " "
                gap = "\n\n"
        yield Completion("complete")

    def _quotes(
        self, question: str, papers: Sequence[EvidencePaper], shape: Shape
    ) -> Iterator[list[EvidenceSentence]]:
        """The best sentences of each paper, in the abstract's order."""
        texts = [sentence.text for paper in papers for sentence in paper.sentences]
        vectors = self._embed([question, *texts])
        cosines = vectors[1:] @ vectors[0]
        weights = word_weights(texts)
        start = 0
        for paper in papers:
            stop = start + len(paper.sentences)
            scores = score_sentences(question, paper, cosines[start:stop], weights)
            best = np.argsort(-scores, kind="stable")[: shape.sentences]
            worth = [i for i in best if scores[i] >= shape.worth * scores[best[0]]]
            yield [paper.sentences[i] for i in sorted(worth or best[:1])]
            start = stop


def may_answer(question: str, papers: Sequence[EvidencePaper]) -> bool:
    """Whether a paper is about the question: similar enough, or a title has a name it mentions."""
    if max(paper.cosine for paper in papers) >= LEAST_COSINE:
        return True
    names = {_letters(name) for name in _NAME.findall(question)}
    titles = [_letters(paper.paper.title) for paper in papers]
    return any(len(name) >= 4 and name in title for name in names for title in titles)


def _letters(text: str) -> str:
    """Letters and digits alone, so that LaTeX markup and hyphens make no difference."""
    return re.sub(r"[\W_]", "", normalise(text))


def shape_of(question: str) -> Shape:
    """One paper, two or many, from the words of the question."""
    if _TWO.search(question):
        return TWO
    return MANY if _MANY.search(question) else ONE


def choose_papers(papers: Sequence[EvidencePaper], shape: Shape) -> list[EvidencePaper]:
    """The best papers, best first, as many as the shape allows."""
    best = max(paper.score for paper in papers)
    close = [paper for paper in papers if paper.score >= shape.closeness * best]
    return sorted(close, key=lambda paper: -paper.score)[: shape.papers]


def word_weights(texts: Sequence[str]) -> dict[str, float]:
    """Inverse document frequency of each word stem over the sentences."""
    counts = Counter(stem for text in texts for stem in stems(text))
    return {stem: math.log(1 + len(texts) / count) for stem, count in counts.items()}


def score_sentences(
    question: str,
    paper: EvidencePaper,
    cosines: NDArray[np.float32],
    weights: dict[str, float],
) -> Scores:
    """One score a sentence of the paper, shape (sentences,).

    cosine + 0.4 * share of the question's word weight + 0.15 if a number is asked for and the
    sentence has one + 0.1 past the first third + 0.1 if it speaks of the paper's own doing
    - 0.5 if it only points elsewhere (to code, to a page) and that is not what is asked.
    """
    asked = stems(question)
    total = sum(weights.get(stem, 0.0) for stem in asked) or 1.0
    wants_number = bool(_ASKS_A_NUMBER.search(question))
    asks_where = bool(_ASKS_WHERE.search(question))
    last = max(1, len(paper.sentences) - 1)
    scores = []
    for place, (sentence, cosine) in enumerate(zip(paper.sentences, cosines, strict=True)):
        shared = sum(weights[stem] for stem in asked & stems(sentence.text)) / total
        number = wants_number and any(c.isdigit() for c in sentence.text)
        tells = _TELLS.search(sentence.text) is not None
        late = place / last > 1 / 3
        away = not asks_where and _POINTS_ELSEWHERE.search(sentence.text) is not None
        bonus = 0.15 * number + 0.1 * late + 0.1 * tells - 0.5 * away
        scores.append(float(cosine) + 0.4 * shared + bonus)
    return np.array(scores)


def stems(text: str) -> set[str]:
    """Words of four letters or more and numbers, cut to six letters: a rough stem."""
    found = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]{3,}", text.lower())
    return {word[:6] for word in found if word not in _EMPTY}
