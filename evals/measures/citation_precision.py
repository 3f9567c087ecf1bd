"""Precision of the cited papers."""

from __future__ import annotations

from evals.measures.cited import cited_titles
from evals.measures.groups import CITATIONS
from evals.types import Measure, Outcome, Score

NAME = "citation_precision"


def citation_precision(outcome: Outcome) -> Score:
    """Share of the cited papers that are gold or acceptable, in [0, 1].

    A paper counts once, however many of its sentences are cited. Unlike ``list_exactness`` it does
    not mind a gold paper that is missing. Unscored: cases that can't be answered, answers that
    cite nothing (``citation_recall`` is 0 for those), and cases that failed.
    """
    case = outcome.case
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not case.answerable:
        return Score(NAME, None, "not answerable")
    cited = cited_titles(outcome.answer)
    if not cited:
        return Score(NAME, None, "nothing is cited")
    wrong = [title for title in cited if title not in case.gold_titles + case.acceptable_titles]
    why = f"cited without need: {'; '.join(wrong)}" if wrong else ""
    return Score(NAME, 1 - len(wrong) / len(cited), why)


CITATION_PRECISION = Measure(
    NAME, citation_precision, group=CITATIONS, needs="answerable cases with citations"
)
