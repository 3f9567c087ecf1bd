"""Answers that say something."""

from __future__ import annotations

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score

NAME = "answered"


def answered(outcome: Outcome) -> Score:
    """1 when the answer, which may be a refusal, has any text, 0 when it is blank.

    Most measures leave an answer out that gives them nothing to grade; this one keeps blank ones
    from going unseen. Unscored: cases that failed (``completed`` is 0 for those).
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    return answered_by(outcome.answer.text)


def answered_by(text: str) -> Score:
    """The same of an answer's text alone, for results that were kept before they were scored so."""
    blank = not text.strip()
    return Score(NAME, float(not blank), "the answer is blank" if blank else "")


ANSWERED = Measure(NAME, answered, group=ANSWERS)
