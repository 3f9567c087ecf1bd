"""Recall of the sentences that answer."""

from __future__ import annotations

from evals.measures.groups import CITATIONS
from evals.measures.quotes import meet
from evals.types import Measure, Outcome, Score

NAME = "quote_recall"


def quote_recall(outcome: Outcome) -> Score:
    """Share of the gold quotes that a cited sentence of their paper overlaps, in [0, 1].

    What counts as overlap is told by ``evals.measures.quotes.meet``; one sentence of a longer gold
    quote is enough. Unscored: cases without gold quotes, and cases that failed.
    """
    gold = outcome.case.gold_quotes
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not gold:
        return Score(NAME, None, "no gold quotes")
    missing = meet(outcome.answer, gold).missing
    why = f"not cited: {'; '.join(missing)}" if missing else ""
    return Score(NAME, 1 - len(missing) / len(gold), why)


QUOTE_RECALL = Measure(NAME, quote_recall, group=CITATIONS, needs="gold_quotes in the cases")
