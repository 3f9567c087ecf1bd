"""What an answer costs."""

from __future__ import annotations

from evals.measures.groups import COSTS
from evals.types import Measure, Outcome, Score

NAME = "cost_usd"


def cost_usd(outcome: Outcome) -> Score:
    """US dollars that the answer's calls cost; lower is better.

    As the endpoint says, or from the prices in the settings; 0 where no model was asked. Unscored:
    answers whose cost is not known, and cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if outcome.answer.cost_usd is None:
        return Score(NAME, None, "the cost is not known")
    return Score(NAME, outcome.answer.cost_usd)


COST = Measure(
    NAME, cost_usd, "lower", False, group=COSTS, digits=4, needs="prices, or an endpoint's own"
)
