"""How long an answer takes."""

from __future__ import annotations

from evals.types import Measure, Outcome, Score

NAME = "latency_ms"


def latency(outcome: Outcome) -> Score:
    """Wall-clock milliseconds from the question to the whole answer; lower is better.

    Cases that ran at the same time slow each other down: compare runs of the same concurrency.
    Unscored: cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    return Score(NAME, outcome.milliseconds)


LATENCY = Measure(NAME, latency, better="lower", bounded=False)
