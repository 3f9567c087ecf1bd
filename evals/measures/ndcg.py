"""How high up the gold papers are among the retrieved ones, all of them."""

from __future__ import annotations

from evals.measures.groups import RETRIEVAL
from evals.measures.ranking import ndcg
from evals.measures.retrieved import DEPTH, unscored
from evals.types import Measure, Outcome, Score

NAME = "ndcg_10"


def ndcg_10(outcome: Outcome) -> Score:
    """nDCG of the first 10 retrieved papers, in [0, 1]: 1 where the gold papers come first.

    A gold paper gains 1 / log2(rank + 1), any other nothing, acceptable ones too; the sum is
    divided by the best there could be. Unscored: as for ``recall``.
    """
    if why := unscored(outcome):
        return Score(NAME, None, why)
    gold = dict.fromkeys(outcome.case.gold_titles, 1)
    first = list(dict.fromkeys(outcome.retrieved))[:DEPTH]
    value = ndcg(first, gold, DEPTH)
    ranks = ", ".join(str(first.index(title) + 1) if title in first else "none" for title in gold)
    return Score(NAME, value, f"ranks of the gold papers: {ranks}" if value < 1 else "")


NDCG = Measure(NAME, ndcg_10, group=RETRIEVAL, needs="gold_titles in the cases")
