"""Recall of the gold papers among the retrieved ones."""

from __future__ import annotations

from evals.measures.groups import RETRIEVAL
from evals.measures.retrieved import unscored
from evals.types import Measure, Outcome, Score

NAME = "recall"


def cutoff(gold: int) -> int:
    """How many retrieved papers count: 5 for up to three gold papers, else 20."""
    return 5 if gold <= 3 else 20


def recall(outcome: Outcome) -> Score:
    """Share of the gold papers that are among the first 5 (or 20) retrieved, in [0, 1].

    Says how well retrieval alone does, before anything is written. Unscored: cases of the type
    ``list_aggregate`` (answered by the catalogue, not by similarity), cases without gold papers,
    and cases that failed.
    """
    if why := unscored(outcome):
        return Score(NAME, None, why)
    gold = outcome.case.gold_titles
    k = cutoff(len(gold))
    missing = [title for title in gold if title not in outcome.retrieved[:k]]
    value = 1 - len(missing) / len(gold)
    return Score(NAME, value, f"not in the top {k}: {'; '.join(missing)}" if missing else "")


RECALL = Measure(NAME, recall, group=RETRIEVAL, needs="gold_titles in the cases")
