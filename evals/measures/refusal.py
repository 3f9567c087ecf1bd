"""Refusing what can't be answered, and only that."""

from __future__ import annotations

from evals.measures.groups import REFUSALS
from evals.types import Measure, Outcome, Score

UNANSWERABLE = "unanswerable_refused"
ANSWERABLE = "answerable_refused"
PRECISION = "refusal_precision"


def unanswerable_refused(outcome: Outcome) -> Score:
    """1 when a question that the papers don't answer was refused, else 0.

    The mean is the recall of refusals, beside ``refusal_precision``. Unscored: answerable cases,
    and cases that failed.
    """
    return _refused(outcome, UNANSWERABLE, answerable=False)


def answerable_refused(outcome: Outcome) -> Score:
    """1 when a question that the papers answer was refused, else 0; lower is better.

    Also where the papers that answer weren't found; ``premature_refusal`` leaves those out.
    Unscored: cases that can't be answered, and cases that failed.
    """
    return _refused(outcome, ANSWERABLE, answerable=True)


def refusal_precision(outcome: Outcome) -> Score:
    """1 when what was refused can't be answered, 0 when it can.

    The mean is the precision of refusals, over the cases that were refused. Unscored: cases that
    weren't, and cases that failed. Two runs that both refused a case score it alike, so there is
    nothing to pair: better or worse is seen from ``unanswerable_refused``, ``answerable_refused``.
    """
    if outcome.answer is None:
        return Score(PRECISION, None, "the case failed")
    if not outcome.answer.abstained:
        return Score(PRECISION, None, "not refused")
    wrong = outcome.case.answerable
    return Score(PRECISION, float(not wrong), "the papers answer it" if wrong else "")


def _refused(outcome: Outcome, name: str, *, answerable: bool) -> Score:
    if outcome.answer is None:
        return Score(name, None, "the case failed")
    if outcome.case.answerable != answerable:
        return Score(name, None, "answerable" if outcome.case.answerable else "not answerable")
    return Score(name, float(outcome.answer.abstained), outcome.answer.reason or "")


UNANSWERABLE_REFUSED = Measure(
    UNANSWERABLE, unanswerable_refused, group=REFUSALS, needs="cases that can't be answered"
)
ANSWERABLE_REFUSED = Measure(
    ANSWERABLE, answerable_refused, "lower", group=REFUSALS, needs="cases that can be answered"
)
REFUSAL_PRECISION = Measure(
    PRECISION, refusal_precision, group=REFUSALS, needs="refusals", paired=False
)
