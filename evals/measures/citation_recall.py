"""Recall of the cited papers."""

from __future__ import annotations

from evals.measures.cited import cited_titles
from evals.measures.groups import CITATIONS
from evals.types import Measure, Outcome, Score

NAME = "citation_recall"


def citation_recall(outcome: Outcome) -> Score:
    """Share of the gold papers that the answer cites, in [0, 1]; a refusal gets 0.

    Unlike ``recall`` it asks what the answer used, not what was found. Unscored: cases without
    gold papers, and cases that failed.
    """
    gold = outcome.case.gold_titles
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not gold:
        return Score(NAME, None, "no gold papers")
    cited = cited_titles(outcome.answer)
    missing = [title for title in gold if title not in cited]
    why = f"not cited: {'; '.join(missing)}" if missing else ""
    return Score(NAME, 1 - len(missing) / len(gold), why)


CITATION_RECALL = Measure(NAME, citation_recall, group=CITATIONS, needs="gold_titles in the cases")
