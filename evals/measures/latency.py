"""How long an answer takes."""

from __future__ import annotations

from evals.measures.groups import COSTS
from evals.types import Measure, Outcome, Score

NAME = "latency_ms"


def latency(outcome: Outcome) -> Score:
    """Wall-clock milliseconds from the question to the whole answer; lower is better.

    Cases that ran at the same time slow each other down: compare runs of the same concurrency.
    Unscored: answers from the cache, whose time says nothing of their making, and cases that
    failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if outcome.answer.cached:
        return Score(NAME, None, "from the cache")
    return Score(NAME, outcome.milliseconds)


LATENCY = Measure(NAME, latency, "lower", False, group=COSTS, digits=0)
