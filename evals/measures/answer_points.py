"""Points that the answer has to make."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score
from rag.grounding.words import numbers_of, same_number, squeezed, words_of

NAME = "answer_points"
ENOUGH = 0.5
"""The share of a point's words that have to be in the answer.

The best of 0.2, 0.25, ..., 0.7 on 217 points written in other words than the abstracts: of these
97% are covered by the abstracts that hold them, 8% by as many others found for the question.
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


def said(text: str) -> Said:
    """The words and numbers of a text, without its citation markers."""
    words = words_of(_MARKER.sub(" ", text))
    return Said(
        frozenset(word.stem for word in words if word.content),
        frozenset(squeezed(words)),
        frozenset(number.value for number in numbers_of(words)),
    )


def covered(point: str, answer: Said) -> bool | None:
    """Whether the answer makes the point; None for a point of small words, which can't be told.

    All its numbers have to be there ("two" is 2, and 82 is 81.7 rounded), and at least half of its
    other content words by their stems; "byte-level" and "bytelevel" are the same.
    """
    words = words_of(point)
    numbers = numbers_of(words)
    counted = {number.text for number in numbers}
    left_out = counted | _ANSWERING
    wanted = {w for w in words if w.content and not {w.text, w.lower} & left_out}
    if not wanted and not numbers:
        return None
    if not all(any(same_number(n.value, held) for held in answer.numbers) for n in numbers):
        return False
    stems = {word.stem: word.lower for word in wanted}
    there = sum(stem in answer.stems or word in answer.words for stem, word in stems.items())
    return there >= ENOUGH * len(stems)


def answer_points(outcome: Outcome) -> Score:
    """Share of the case's answer points that the answer makes, in [0, 1]; a refusal gets 0.

    Told by words and numbers (see ``covered``), so an approximation: it knows no synonyms, takes a
    point for made whose words are spread over the answer, and doesn't see a "not". A judge model
    does better. Unscored: cases that name no points, or can't be answered (what a refusal should
    make clear is not told by words), and cases that failed.
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
