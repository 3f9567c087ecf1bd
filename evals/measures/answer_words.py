"""How long an answer is."""

from __future__ import annotations

import re

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score

NAME = "answer_words"

_MARKER = re.compile(r"\[\d{1,4}\]")


def answer_words(outcome: Outcome) -> Score:
    """Words of the answer's text, citation markers left out; neither more nor fewer is better.

    Words are what white space divides. Unscored: refusals, whose length is another thing, and
    cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if outcome.answer.abstained:
        return Score(NAME, None, "refused")
    return Score(NAME, float(len(_MARKER.sub(" ", outcome.answer.text).split())))


ANSWER_WORDS = Measure(
    NAME, answer_words, "neither", False, group=ANSWERS, digits=0, needs="answers, not refusals"
)
