"""Refusing with the right paper in hand."""

from __future__ import annotations

from evals.cases import normalise
from evals.measures.groups import REFUSALS
from evals.types import Measure, Outcome, Score

NAME = "premature_refusal"


def premature_refusal(outcome: Outcome) -> Score:
    """1 when a question was refused though a gold paper was found for it, else 0; lower is better.

    Found is what the answer itself was given to draw on (``Answer.sources``): at least one gold
    paper, since an answer from some of them is worth more than none. Unlike ``answerable_refused``
    it leaves out refusals that are retrieval's fault. Unscored: cases that can't be answered,
    cases none of whose gold papers was found, and cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not outcome.case.answerable:
        return Score(NAME, None, "not answerable")
    given = {normalise(source.paper.title) for source in outcome.answer.sources}
    found = [title for title in outcome.case.gold_titles if title in given]
    if not found:
        return Score(NAME, None, "no gold paper was found")
    refused = outcome.answer.abstained
    why = f"refused with {len(found)} of {len(outcome.case.gold_titles)} gold papers found"
    return Score(NAME, float(refused), why if refused else "")


PREMATURE_REFUSAL = Measure(
    NAME, premature_refusal, "lower", group=REFUSALS, needs="cases whose gold papers are found"
)
