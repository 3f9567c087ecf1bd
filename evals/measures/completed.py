"""Cases that ended in an answer rather than an error."""

from __future__ import annotations

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score

NAME = "completed"


def completed(outcome: Outcome) -> Score:
    """1 when the case ended in an answer or a refusal, 0 when it ended in an error.

    The other measures leave failed cases out; this one keeps them from going unseen. Never
    unscored.
    """
    return Score(NAME, float(outcome.answer is not None), outcome.error or "")


COMPLETED = Measure(NAME, completed, group=ANSWERS)
