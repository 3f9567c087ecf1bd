"""Recall of the gold papers among the retrieved ones."""

from __future__ import annotations

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
    case = outcome.case
    if case.type == "list_aggregate":
        return Score(NAME, None, "answered from the catalogue, not by retrieval")
    if not case.answerable or not case.gold_titles:
        return Score(NAME, None, "no gold papers")
    if outcome.error is not None:
        return Score(NAME, None, "the case failed")
    k = cutoff(len(case.gold_titles))
    missing = [title for title in case.gold_titles if title not in outcome.retrieved[:k]]
    value = 1 - len(missing) / len(case.gold_titles)
    return Score(NAME, value, f"not in the top {k}: {'; '.join(missing)}" if missing else "")


RECALL = Measure(NAME, recall)
