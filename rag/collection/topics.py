"""Whether a paper is about a topic: decided from what stands in it, paper by paper.

Candidates come generously from vectors and BM25. Each is then judged by where the topic's words,
their abbreviations, the thesaurus's terms for them and the field's other names and kinds stand in
title and abstract, and by how near the abstract is in meaning. See ``index.thesaurus`` for the
terms, ``fields`` for the names and kinds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import Vectors
from index.sentences import sentence_spans
from index.thesaurus import Thesaurus, bundled
from index.types import Paper
from rag.collection.fields import related, ways
from rag.collection.stems import content_stems, joined_stems, near, stem, stems

if TYPE_CHECKING:  # the catalogue loads a database library
    from index.catalogue import StoredChunks

_SLACK = 2  # words that may stand between a topic's
_GENERIC_TEXT = """
systems models methods approaches techniques algorithms tasks problems research learning imaging
"""
_GENERIC = frozenset(stem(word) for word in _GENERIC_TEXT.split())
_DEFINED = re.compile(r"((?<![\w-])(?:[\w-]++ ){1,6})\(([A-Za-z]{2,6})s?[),;]")
_OWN = re.compile(r"\b(?:we|our|this (?:paper|work|study|article|survey)|in this)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic's words as stems.

    ``same``: stems of ways to say it: its own words, their other forms, or what they abbreviate.
    ``like``: those of the thesaurus's terms for it, of the field's near names and kinds, and of
    its words without a general last one ("diffusion" for "diffusion models"), which may mean
    something else as well. ``short``: its abbreviations.
    """

    text: str
    same: tuple[tuple[str, ...], ...]
    like: tuple[tuple[str, ...], ...]
    short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What in a paper speaks for the topic. ``start``, ``end``: the sentence that shows it best.

    ``title`` and the sentence counts are graded: 1 where the topic's words stand together, less
    where they only stand in one sentence. ``cosine``: of the nearest chunk; ``centre``: of all.
    """

    paper: Paper
    title: float
    sentences: float
    first: float
    own: float
    like_title: float
    like: float
    cosine: float
    centre: float
    start: int
    end: int

    @property
    def features(self) -> tuple[float, ...]:
        """In the order of ``WEIGHTS``."""
        return (
            self.title, min(self.sentences, 3) / 3, self.first, self.own,
            self.like_title, min(self.like, 3) / 3, self.cosine, self.centre,
        )  # fmt: skip


# Fitted by `python -m tests.rag.collection.fit_topics` on 29 topics that were judged by reading:
# precision 0.952, recall 0.913, F1 0.932 with each topic judged by weights fitted on the others
# (without ``fields`` 0.947, 0.831, 0.885; a cut by the best chunk's cosine: F1 0.54; any mention:
# 0.85). 0.5 is the lowest cut from which on precision is 0.96 over all of them.
WEIGHTS = (2.58, 4.42, 3.18, 3.03, 3.17, 1.77, 4.16, 3.73)
BIAS = -6.87


def score(evidence: Evidence) -> float:
    """How sure it is that the paper is about the topic, in [0, 1]."""
    total = BIAS + sum(w * x for w, x in zip(WEIGHTS, evidence.features, strict=True))
    return 1 / (1 + math.exp(-total))


def topic_of(text: str) -> Topic:
    """The topic with its abbreviations, expansions and terms of the thesaurus."""
    own, same = content_stems(text), list(ways(text))
    shorter, longer = _abbreviations()
    if len(own) == 1:
        same += longer.get(own[0], ())
    forms, kinds = related(text)
    same += forms
    like = [way[:-1] for way in same if len(way) > 1 and way[-1] in _GENERIC]
    like += (*_thesaurus().expansions(own).get(own, ()), *kinds)
    return Topic(
        text,
        tuple(dict.fromkeys(way for way in same if way)),
        tuple(dict.fromkeys(way for way in like if way and way not in same)),
        shorter.get(own, ()),
    )


@cache
def _thesaurus() -> Thesaurus:
    return Thesaurus(bundled(), content_stems)


@cache
def _abbreviations() -> tuple[
    dict[tuple[str, ...], tuple[str, ...]], dict[str, tuple[tuple[str, ...], ...]]
]:
    """Words -> abbreviations, and back: where a short word is the initials of its term."""
    shorter: dict[tuple[str, ...], tuple[str, ...]] = {}
    longer: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase, terms in bundled().items():
        for term in terms:
            initials = "".join(word[0] for word in re.findall(r"[^\W_]+", term))
            if phrase.isalpha() and initials == phrase and len(phrase) > 1:
                key = content_stems(term)
                shorter[key] = (*shorter.get(key, ()), stem(phrase))
                longer[stem(phrase)] = (*longer.get(stem(phrase), ()), key)
    return shorter, longer


def gather(topic: Topic, vector: Vectors, stored: Iterable[StoredChunks]) -> list[Evidence]:
    """The evidence in each of the papers. ``vector``: the topic's, shape (dimension,)."""
    return [_evidence(topic, vector, paper) for paper in stored]


def _evidence(topic: Topic, vector: Vectors, stored: StoredChunks) -> Evidence:
    paper = stored.paper
    cosines = stored.vectors @ vector if stored.chunks else np.zeros(1, dtype=np.float32)
    centre = float(cosines.sum()) / max(stored.resultant, 1e-9) if stored.chunks else 0.0
    same = (*topic.same, *_abbreviated(topic, paper))
    spoken_of = _grade(paper.abstract, (*same, *topic.like)) > 0
    spans = sentence_spans(paper.abstract) if spoken_of else []  # segmenting is the dear part
    spans = spans or [(0, len(paper.abstract))]
    found = [_grade(paper.abstract[start:end], same) for start, end in spans]
    like = [_grade(paper.abstract[start:end], topic.like) for start, end in spans]
    own = [grade * bool(_OWN.search(paper.abstract[slice(*span)]))
           for grade, span in zip(found, spans, strict=True)]  # fmt: skip
    ranked = [
        2 * grade + alike + 0.3 * (mine > 0)
        for grade, alike, mine in zip(found, like, own, strict=True)
    ]
    best = ranked.index(max(ranked))
    if not ranked[best] and stored.chunks:
        best = _sentence_of(stored, int(np.argmax(cosines)), spans)
    return Evidence(
        paper, _grade(paper.title, same), sum(found), max(found[:2], default=0.0),
        max(own, default=0.0), _grade(paper.title, topic.like), sum(like),
        float(cosines.max()), centre, *spans[best],
    )  # fmt: skip


def _abbreviated(topic: Topic, paper: Paper) -> list[tuple[str, ...]]:
    """The topic's abbreviations, but not where the paper gives them another meaning (CL, CPT)."""
    defined = {
        stem(short.lower()): joined_stems(words)
        for words, short in _DEFINED.findall(paper.abstract)
    }
    return [
        (short,)
        for short in topic.short
        if short not in defined or any(set(way) <= set(defined[short]) for way in topic.same)
    ]


def _grade(text: str, ways: Sequence[tuple[str, ...]]) -> float:
    """1 where one of the ways stands together in the text, 0.5 where its words all occur."""
    if not ways:
        return 0.0
    words = stems(text)
    joined = joined_stems(text)
    held = {*words, *joined}
    best = 0.0
    for way in ways:
        if not held.issuperset(way):
            continue
        if near(words, way, _SLACK) or near(joined, way, _SLACK):
            return 1.0
        best = 0.5
    return best


def _sentence_of(stored: StoredChunks, chunk: int, spans: Sequence[tuple[int, int]]) -> int:
    """The first sentence that lies in the chunk."""
    start = stored.chunks[chunk].start
    return next((i for i, (first, _) in enumerate(spans) if first >= start), 0)
