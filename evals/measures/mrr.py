"""How far down the first gold paper is among the retrieved ones."""

from __future__ import annotations

from evals.measures.groups import RETRIEVAL
from evals.measures.ranking import reciprocal_rank
from evals.measures.retrieved import DEPTH, unscored
from evals.types import Measure, Outcome, Score

NAME = "mrr_10"


def mrr_10(outcome: Outcome) -> Score:
    """1 / the rank of the first gold paper, in [0, 1]; 0 where none is among the first 10.

    The mean over the cases is the mean reciprocal rank. Unlike ``ndcg_10`` it asks for one gold
    paper only. Unscored: as for ``recall``.
    """
    if why := unscored(outcome):
        return Score(NAME, None, why)
    gold = dict.fromkeys(outcome.case.gold_titles, 1)
    value = reciprocal_rank(outcome.retrieved, gold, DEPTH)
    found = f"the first gold paper is number {1 / value:.0f}" if value else "no gold paper found"
    return Score(NAME, value, found if value < 1 else "")


MRR = Measure(NAME, mrr_10, group=RETRIEVAL, needs="gold_titles in the cases")
