"""Which cases retrieval can be graded on."""

from __future__ import annotations

from evals.types import Outcome

DEPTH = 10
"""How many of the retrieved papers nDCG and MRR look at."""


def unscored(outcome: Outcome) -> str:
    """Why retrieval can't be graded on the case; "" where it can.

    Left out are cases of the type ``list_aggregate`` (answered by the catalogue, not by
    similarity), cases without gold papers, and cases that failed.
    """
    case = outcome.case
    if case.type == "list_aggregate":
        return "answered from the catalogue, not by retrieval"
    if not case.answerable or not case.gold_titles:
        return "no gold papers"
    return "the case failed" if outcome.error is not None else ""
