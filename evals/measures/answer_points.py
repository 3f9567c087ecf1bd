"""Points that the answer has to make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score
from index.sentences import sentence_spans
from rag.grounding.words import numbers_of, same_number, squeezed, words_of

NAME = "answer_points"
ENOUGH, NEAR = 0.5, 4
"""The share of a point's words that have to be in so many neighbouring sentences of the answer.

Chosen on 217 points written in other words than the abstracts: of these 96% are covered by the
abstracts that hold them, 3% by as many others found for the question. In the whole text, however
far apart, it would be 97% and 9%; with a share of 0.34, 97% and 11%.
"""

_ANSWERING = frozenset({"yes", "no"})
"""What a point may begin with, and an answer that says the same needn't."""

_MARKER = re.compile(r"\[\d{1,4}\]")


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says, as far as words tell: stems, words as written, values of numbers."""

    stems: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]


def said(text: str) -> tuple[Said, ...]:
    """The words and numbers of each four sentences in a row, without citation markers."""
    plain = _MARKER.sub(" ", text)
    spans = sentence_spans(plain)
    firsts = range(max(1, len(spans) - NEAR + 1)) if spans else range(0)
    return tuple(
        _said(plain[spans[first][0] : spans[min(len(spans), first + NEAR) - 1][1]])
        for first in firsts
    )


def _said(text: str) -> Said:
    words = words_of(text)
    return Said(
        frozenset(word.stem for word in words if word.content),
        frozenset(squeezed(words)),
        frozenset(number.value for number in numbers_of(words)),
    )


def covered(point: str, answer: Sequence[Said]) -> bool | None:
    """Whether the answer makes the point; None for a point of small words, which can't be told.

    Four sentences in a row have to hold all its numbers ("two" is 2, and 82 is 81.7 rounded) and,
    by their stems, at least half of its other content words; "byte-level" and "bytelevel" are the
    same.
    """
    words = words_of(point)
    numbers = [number.value for number in numbers_of(words)]
    left_out = {number.text for number in numbers_of(words)} | _ANSWERING
    wanted = {w.stem: w.lower for w in words if w.content and not {w.text, w.lower} & left_out}
    if not wanted and not numbers:
        return None
    return any(_holds(here, wanted, numbers) for here in answer)


def _holds(here: Said, wanted: Mapping[str, str], numbers: Sequence[str]) -> bool:
    """``wanted``: stem -> word."""
    if not all(any(same_number(number, held) for held in here.numbers) for number in numbers):
        return False
    there = sum(stem in here.stems or word in here.words for stem, word in wanted.items())
    return there >= ENOUGH * len(wanted)


def answer_points(outcome: Outcome) -> Score:
    """Share of the case's answer points that the answer makes, in [0, 1]; a refusal gets 0.

    Told by words and numbers (see ``covered``), so an approximation: it knows no synonyms, takes a
    point for made whose words stand near each other whatever they say, and doesn't see a "not". A
    judge model does better. Unscored: cases that name no points, or can't be answered (what a
    refusal should make clear is not told by words), and cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not outcome.case.answerable:
        return Score(NAME, None, "not answerable")
    answer = said(outcome.answer.text)
    told = {point: covered(point, answer) for point in outcome.case.answer_points}
    points = [point for point, made in told.items() if made is not None]
    if not points:
        return Score(NAME, None, "no points are asked for")
    if outcome.answer.abstained:
        return Score(NAME, 0.0, "refused")
    missing = [point for point in points if not told[point]]
    why = f"missing: {'; '.join(missing)}" if missing else ""
    return Score(NAME, 1 - len(missing) / len(points), why)


ANSWER_POINTS = Measure(NAME, answer_points, group=ANSWERS, needs="answer_points in the cases")
