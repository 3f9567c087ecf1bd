"""What the fitted models look at: of a paper, of the list of papers, of a sentence. Pure.

The features are few and plain on purpose: some hundred questions have to fit their weights.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.text import normalise
from rag.context import EvidencePaper
from rag.linear import Features
from rag.matching import Coverage

_MET = 0.5  # similarity from which a token of the question counts as met
_HIDDEN = 0.4  # and below which nothing like it stands there
_NAMING = 0.8  # similarity to a word of the title from which a word is taken to name the paper
_TELLING = 3  # tokens: the rarest ones, which say what the question is about
_ASKS_A_NUMBER = re.compile(
    r"\b(?:how (?:many|much|few|large|big|small|long|old|far|expensive|quickly|fast|often|"
    r"accurate)|percent\w*|scores?|speed|speed-?ups?|factor|number|size|rates?|accuracy|cost|share|points?|"
    r"times|error|figures?)\b",
    re.IGNORECASE,
)
_ASKS_WHERE = re.compile(
    r"\b(?:where|code|url|link|website|repository|github|available|open[- ]source\w*|released?)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:we (?:propose|introduce|present|show|find|demonstrate|develop|release)|our|"
    r"this (?:paper|work)|results?|outperforms?|achiev\w+|experiments?)\b",
    re.IGNORECASE,
)
_POINTS_ELSEWHERE = re.compile(
    r"https?://|www\.|\bproject (?:page|website)\b|"
    r"\b(?:code|models?|data(?:sets?)?|weights|project page)\b[^.]{0,300}\bavailable\b",
    re.IGNORECASE,
)
# What a question may ask for, and how a sentence says that it tells it.
_KINDS = {
    "problem": (
        r"\b(?:problems?|challeng\w*|motivat\w*|limitation\w*|drawback\w*|issues?|shortcoming\w*|"
        r"weakness\w*|gap|difficult\w*|wrong|struggl\w*|risks?)\b",
        r"\b(?:however|challeng\w*|limit\w*|lack\w*|suffer\w*|struggl\w*|remain\w*|difficult\w*|"
        r"problem\w*|fail\w*|issues?|yet|costly|expensive|prone|bottleneck|hinder\w*)\b",
    ),
    "method": (
        r"\b(?:how (?:does|do|is|are|can)|propos\w*|method|approach|technique|mechanism|idea|trick|"
        r"architecture|introduc\w*|us(?:e|es|ed|ing)|built|components?|steps?|stages?)\b",
        r"\b(?:we (?:propose|introduce|present|develop|design|use|employ|train|leverage)|"
        r"this (?:paper|work) (?:proposes|introduces|presents)|our (?:method|approach|model)|"
        r"consists?|compris\w+|first|then|leverag\w+|framework|called|named|based on|using|via)\b",
    ),
    "result": (
        r"\b(?:how (?:much|well|far|fast)|improv\w*|outperform\w*|better|gains?|accura\w+|"
        r"perform\w*|results?|scores?|achiev\w*|compar\w+|beat|faster|reduc\w+|effect\w*|find(?:ings?)?|found)\b",
        r"%|\d|\b(?:outperform\w*|achiev\w*|improv\w*|surpass\w*|state-of-the-art|results?|reduc\w+|"
        r"faster|demonstrat\w+|show(?:s|ed)?|find(?:s|ings?)?|exceed\w*|gains?|superior|comparable)\b",
    ),
    "reason": (
        r"\b(?:why|because|reasons?|causes?)\b",
        r"\b(?:because|since|due to|as a result|caus\w+|reason|thus|therefore|lead(?:s|ing)? to|"
        r"attribut\w+)\b",
    ),
}
_ASKED = {kind: re.compile(asked, re.IGNORECASE) for kind, (asked, _) in _KINDS.items()}
_TOLD = {kind: re.compile(told, re.IGNORECASE) for kind, (_, told) in _KINDS.items()}
# A word with an inner capital, or a capital and a digit: M$^3$ViT, DisenDiff, GPT-4V; or a word
# with a capital that opens no sentence.
_CODED = re.compile(r"\b(?=\w)[\w$^{}-]*(?:[a-z$^{}\d-][A-Z]|[A-Z][\w$^{}-]*\d)[\w$^{}-]*")
_PROPER = re.compile(r"(?<![.?!:]\s)(?<!^)(?<![\w$^{}-])[A-Z][A-Za-z0-9]+(?:[-+*][A-Za-z0-9]+)*")
_GENERIC_TEXT = """
abstract abstracts address addressed addresses addressing aim aims approach approaches central
challenge collection compare compared comparison contribute contribution contributions core
describe describes discuss do does done explain explains find finding findings finds goal goals
here idea ideas introduce introduced introduces introducing investigate is key kind known list main
mean method methods motivate motivated motivates motivation overview paper papers present presented
presents problem problems propose proposed proposes purpose question report reported reports
research result results review say says show shown shows solution solve solved solves solving
studies study summaries summarise summarised summarize summary survey tackle tackled tackles
tackling tell think topic topics used uses using well work works
"""
_GENERIC = frozenset(_GENERIC_TEXT.split())  # what may be asked of any paper
_SUFFIX = re.compile(r"(?:-[a-z]+)+$")  # YouTube-style, SciBERT-based


@dataclass(frozen=True, slots=True)
class Traits:
    """What the words of a question ask for."""

    number: bool
    where: bool
    names: tuple[str, ...]  # letters and digits alone, lower case
    written: tuple[str, ...]  # the names as the question writes them


@lru_cache(maxsize=64)
def traits(question: str) -> Traits:
    """What a question asks for, and the names in it."""
    found = [*_CODED.findall(question), *_PROPER.findall(question)]
    found = [_SUFFIX.sub("", name) for name in found]
    names = {letters(name): name for name in found}
    kept = {plain: name for plain, name in names.items() if len(plain) >= 3}
    return Traits(
        bool(_ASKS_A_NUMBER.search(question)),
        bool(_ASKS_WHERE.search(question)),
        tuple(kept),
        tuple(kept.values()),
    )


def is_telling(word: str) -> bool:
    """Whether a word of a question says what it is about; "tell", "paper" and "method" don't."""
    return word.lower() not in _GENERIC and not word.isdigit()


def letters(text: str) -> str:
    """Letters and digits alone, so that LaTeX markup and hyphens make no difference."""
    return re.sub(r"[\W_]", "", normalise(text))


def paper_features(question: str, papers: Sequence[EvidencePaper]) -> list[Features]:
    """How each paper stands to the question, and among the others.

    ``papers`` are in the order of retrieval. Similarities in [-1, 1], shares in [0, 1].
    """
    asked = traits(question)
    most_words = max((paper.bm25 for paper in papers), default=0.0) or 1.0
    best = max((paper.score for paper in papers), default=0.0)
    closest = max((paper.cosine for paper in papers), default=0.0)
    late = max((paper.coverage.whole for paper in papers), default=0.0)
    features: list[Features] = []
    for rank, paper in enumerate(papers):
        met = paper.coverage
        tokens = met.tokens
        title = letters(paper.paper.title)
        text = title + letters(paper.paper.abstract)
        features.append(
            {
                "score": paper.score,
                "behind": best - paper.score,
                "first": float(rank == 0),
                "rank": rank / 10,
                "late": met.whole,
                "late_behind": late - met.whole,
                "cosine": paper.cosine,
                "cosine_behind": closest - paper.cosine,
                "words": paper.bm25 / most_words,
                "bm25": paper.bm25 / 10,
                "sentence": float(met.by_sentence.max(initial=0.0)),
                "title": float(met.title @ met.weights),
                "low": float(np.quantile(tokens, 0.25)) if len(tokens) else 0.0,
                "unmet": float(met.weights[tokens < _MET].sum()),
                "named": float(any(name in title for name in asked.names)),
                "names_absent": _share(asked.names, text),
                "focus": float(paper.focus),
            }
        )
    return features


def asks_only_what_it_is(papers: Sequence[EvidencePaper]) -> bool:
    """Whether a question names a paper and asks nothing else of it: "Summarise the X paper"."""
    return any(paper.focus and not _rest(paper.asked).words for paper in papers)


def list_features(question: str, papers: Sequence[EvidencePaper]) -> Features:
    """Signs of whether the papers, of which there is at least one, can answer the question."""
    asked = traits(question)
    each = paper_features(question, papers)
    top = max(range(len(papers)), key=lambda i: (papers[i].focus, papers[i].score))
    # Where a paper is pointed to, its title may stand in what was searched, and meets itself.
    compared = [paper.asked if papers[top].focus else paper.coverage for paper in papers]
    met = compared[top]
    tokens, weights = met.tokens, met.weights
    alike = [other.tokens for other in compared if len(other.weights) == len(weights)]
    anywhere = np.max(alike, axis=0, initial=0.0)
    telling = np.argsort(-weights, kind="stable")[:_TELLING]
    numbers = [i for i, s in enumerate(papers[top].sentences) if any(c.isdigit() for c in s.text)]
    best = float(met.by_sentence.max(initial=0.0))
    with_number = float(met.by_sentence[numbers].max(initial=0.0)) if numbers else 0.0
    said = letters("".join(met.words))
    names = [name for name in asked.names if name in said or not papers[top].focus]
    texts = [letters(paper.paper.title) + letters(paper.paper.abstract) for paper in papers]
    scores = sorted((paper.score for paper in papers), reverse=True)
    rest = _rest(met)
    left = bool(rest.words)  # where nothing is asked but what the paper is, nothing is missing
    return {
        "rest": float(rest.tokens @ rest.weights) if left else 1.0,
        "rest_sentence": float(rest.by_sentence.max(initial=0.0)) if left else 1.0,
        "rest_unmet": float(rest.weights[rest.tokens < _MET].sum()),
        "rest_least": float(rest.tokens.min(initial=1.0)),
        "credit": float(rest.credit.max(initial=0.0)) if left else 1.0,
        "late": met.whole,
        "cosine": max(feature["cosine"] for feature in each),
        "cosine_top": each[top]["cosine"],
        "bm25": max(feature["bm25"] for feature in each),
        "ahead": scores[0] - scores[min(4, len(scores) - 1)],
        "sentence": best,
        "low": float(np.quantile(tokens, 0.25)) if len(tokens) else 0.0,
        "unmet": float(weights[tokens < _MET].sum()),
        "hidden": float(weights[tokens < _HIDDEN].sum()),
        "unmet_anywhere": float(weights[anywhere < _MET].sum()),
        "telling_least": float(tokens[telling].min(initial=1.0)),
        "telling_mean": float(tokens[telling].mean()) if len(telling) else 0.0,
        "names": min(3, len(names)) / 3,
        "names_absent": _share(names, texts[top]),
        "names_nowhere": _share(names, "\n".join(texts)),
        "named": max(feature["named"] for feature in each[:3]),
        "number": float(asked.number),
        "number_apart": float(asked.number) * (best - with_number),
        "focus": float(papers[top].focus),
    }


def _rest(met: Coverage) -> Coverage:
    """The coverage of what a question asks besides naming the paper and asking what it says."""
    telling = np.array([is_telling(word) for word in met.words], bool)
    kept = (met.title < _NAMING) & telling
    weights = met.weights[kept]
    total = float(weights.sum())
    words = tuple(word for word, keep in zip(met.words, kept, strict=True) if keep)
    return Coverage(
        weights / total if total > 0 else weights,
        np.zeros_like(met.title[kept]),
        met.sentences[:, kept],
        words,
    )


def sentence_features(question: str, paper: EvidencePaper) -> list[Features]:
    """How each sentence of a paper answers the question; ``paper.asked`` is its coverage."""
    asked = traits(question)
    met = paper.asked
    covered, credit = met.by_sentence, met.credit
    best = float(covered.max(initial=0.0))
    rest = _rest(met).by_sentence  # what names the paper says nothing of its sentences
    best_rest = float(rest.max(initial=0.0))
    last = max(1, len(paper.sentences) - 1)
    kinds = [kind for kind, pattern in _ASKED.items() if pattern.search(question)]
    features: list[Features] = []
    for place, sentence in enumerate(paper.sentences):
        number = any(c.isdigit() for c in sentence.text)
        away = not asked.where and _POINTS_ELSEWHERE.search(sentence.text) is not None
        features.append(
            {
                "covered": float(covered[place]),
                "behind": best - float(covered[place]),
                "rest": float(rest[place]),
                "rest_behind": best_rest - float(rest[place]),
                "credit": float(credit[place]),
                "before": float(covered[place - 1]) if place else 0.0,
                "after": float(covered[place + 1]) if place < len(covered) - 1 else 0.0,
                "number": float(number),
                "number_asked": float(number and asked.number),
                "opening": float(place == 0),
                "second": float(place == 1),
                "closing": float(place == last),
                "place": place / last,
                "tells": float(_TELLS.search(sentence.text) is not None),
                "away": float(away),
                "length": min(len(sentence.text), 400) / 400,
                **{
                    k: float(k in kinds and t.search(sentence.text) is not None)
                    for k, t in _TOLD.items()
                },
            }
        )
    return features


def _share(names: Sequence[str], text: str) -> float:
    """Share of the names that the text does not hold; 0 for no names."""
    return sum(name not in text for name in names) / len(names) if names else 0.0
