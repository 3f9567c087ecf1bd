"""Precision of the cited sentences."""

from __future__ import annotations

from evals.measures.groups import CITATIONS
from evals.measures.quotes import meet
from evals.types import Measure, Outcome, Score

NAME = "quote_precision"


def quote_precision(outcome: Outcome) -> Score:
    """Share of the cited sentences that are, or overlap, a gold quote of their paper, in [0, 1].

    What counts as overlap is told by ``evals.measures.quotes.meet``. Harsher than
    ``citation_precision``: the right paper with a sentence beside the point counts as wrong, also
    where that sentence says as much as the gold one. Unscored: cases without gold quotes, answers
    that cite no sentence (``quote_recall`` is 0 for those), and cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not outcome.case.gold_quotes:
        return Score(NAME, None, "no gold quotes")
    met = meet(outcome.answer, outcome.case.gold_quotes)
    if not met.cited:
        return Score(NAME, None, "nothing is cited")
    wrong = met.cited - met.right
    why = f"{wrong} of {met.cited} cited sentences are in no gold quote" if wrong else ""
    return Score(NAME, met.right / met.cited, why)


QUOTE_PRECISION = Measure(NAME, quote_precision, group=CITATIONS, needs="gold_quotes in the cases")
