"""Refusing what can't be answered, and only that."""

from __future__ import annotations

from evals.types import Measure, Outcome, Score

UNANSWERABLE = "unanswerable_refused"
ANSWERABLE = "answerable_refused"


def unanswerable_refused(outcome: Outcome) -> Score:
    """1 when a question that the papers don't answer was refused, else 0.

    The mean is the recall of refusals. Unscored: answerable cases, and cases that failed.
    """
    return _refused(outcome, UNANSWERABLE, answerable=False)


def answerable_refused(outcome: Outcome) -> Score:
    """1 when a question that the papers answer was refused, else 0; lower is better.

    The mean is the rate of premature refusals. Unscored: cases that can't be answered, and cases
    that failed.
    """
    return _refused(outcome, ANSWERABLE, answerable=True)


def _refused(outcome: Outcome, name: str, *, answerable: bool) -> Score:
    if outcome.answer is None:
        return Score(name, None, "the case failed")
    if outcome.case.answerable != answerable:
        return Score(name, None, "answerable" if outcome.case.answerable else "not answerable")
    return Score(name, float(outcome.answer.abstained), outcome.answer.reason or "")


UNANSWERABLE_REFUSED = Measure(UNANSWERABLE, unanswerable_refused)
ANSWERABLE_REFUSED = Measure(ANSWERABLE, answerable_refused, better="lower")
