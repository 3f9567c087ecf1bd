"""Strings that the answer has to hold."""

from __future__ import annotations

import re

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score

NAME = "must_contain"

_MARKER = re.compile(r"\[\d+\]")
_NUMBER = re.compile(r"\d[\d.,]*")


def contains(text: str, wanted: str) -> bool:
    """Whether the text holds the string, without regard to case.

    A number counts only as a whole: "20" is in "20%" and "20.", not in "2020", "120", "20.5",
    "1,020", "GPT20" or the marker "[20]".
    """
    text = _MARKER.sub(" ", text)
    if _NUMBER.fullmatch(wanted):
        whole = rf"(?<!\w)(?<!\d[.,]){re.escape(wanted)}(?![.,]?\d)"
        return re.search(whole, text) is not None
    return wanted.casefold() in text.casefold()


def must_contain(outcome: Outcome) -> Score:
    """Share of the ``must_contain`` strings in the answer's text, in [0, 1].

    Necessary for a right answer, not sufficient. Unscored: cases that name no strings, and cases
    that failed.
    """
    wanted = outcome.case.must_contain
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    if not wanted:
        return Score(NAME, None, "no strings are asked for")
    missing = [string for string in wanted if not contains(outcome.answer.text, string)]
    why = f"missing: {'; '.join(missing)}" if missing else ""
    return Score(NAME, 1 - len(missing) / len(wanted), why)


MUST_CONTAIN = Measure(NAME, must_contain, group=ANSWERS, needs="must_contain in the cases")
