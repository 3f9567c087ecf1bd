"""Lists that name every paper and no other."""

from __future__ import annotations

from evals.measures.cited import cited_titles
from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score

NAME = "list_exactness"


def list_exactness(outcome: Outcome) -> Score:
    """1 when the cited papers are exactly the gold ones, in any order, else 0.

    Unlike the citation measures it gives nothing for a list that is nearly right. Unscored: types
    other than ``list_aggregate``, and cases that failed.
    """
    if outcome.case.type != "list_aggregate":
        return Score(NAME, None, "not a list question")
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    gold, cited = set(outcome.case.gold_titles), set(cited_titles(outcome.answer))
    why = f"{len(gold - cited)} missing, {len(cited - gold)} too many" if gold != cited else ""
    return Score(NAME, float(gold == cited), why)


LIST_EXACTNESS = Measure(
    NAME, list_exactness, group=ANSWERS, needs="cases of the type list_aggregate"
)
