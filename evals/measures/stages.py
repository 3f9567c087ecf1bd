"""How long each stage of an answer takes."""

from __future__ import annotations

from collections.abc import Callable

from evals.measures.groups import COSTS
from evals.types import Measure, Outcome, Score


def plan_ms(outcome: Outcome) -> Score:
    """Milliseconds taken to understand the question; lower is better.

    As the product itself measured it (``Answer.timings_ms``); a language model that rewrites the
    question is waited for here. Unscored, here and for the other stages: answers that the stage
    had no part in, such as lists from the records and answers from the cache, and failed cases.
    """
    return _stage(outcome, "plan")


def retrieve_ms(outcome: Outcome) -> Score:
    """Milliseconds taken to find papers; lower is better. Unscored: as for ``plan_ms``."""
    return _stage(outcome, "retrieve")


def first_token_ms(outcome: Outcome) -> Score:
    """Milliseconds from the question to the answer's first word; lower is better.

    Unscored: as for ``plan_ms``, and refusals before anything was written.
    """
    return _stage(outcome, "first_token")


def generate_ms(outcome: Outcome) -> Score:
    """Milliseconds taken to write the answer; lower is better. Unscored: as for ``plan_ms``."""
    return _stage(outcome, "generate")


def check_ms(outcome: Outcome) -> Score:
    """Milliseconds taken to test the claims; lower is better. Unscored: as for ``plan_ms``."""
    return _stage(outcome, "check")


def _stage(outcome: Outcome, stage: str) -> Score:
    name = f"{stage}_ms"
    if outcome.answer is None:
        return Score(name, None, "the case failed")
    took: float = getattr(outcome.answer.timings_ms, stage)
    return Score(name, took) if took > 0 else Score(name, None, "the answer did without")


def _measure(score: Callable[[Outcome], Score]) -> Measure:
    needs = "answers from the abstracts"
    return Measure(score.__name__, score, "lower", False, group=COSTS, digits=0, needs=needs)


STAGES = tuple(map(_measure, (plan_ms, retrieve_ms, first_token_ms, generate_ms, check_ms)))
