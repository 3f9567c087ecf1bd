"""Dates as people and programs write them. What is ambiguous is not guessed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

Precision = Literal["day", "month", "year"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})[-/.](?P<number>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ].*)?",
        r"(?P<year>\d{4})(?P<number>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4})[-/](?P<number>\d{1,2})",
        r"(?P<year>\d{4})",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})(?: .*)?",
        rf"(?:[A-Za-z]{{3,9}},? )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>\d{{4}})"
        r"(?: .*)?",
        rf"{_MONTH},? (?P<year>\d{{4}})",
    )
)


@dataclass(frozen=True, slots=True)
class When:
    """The first day that the known part of a date covers, and what part is known."""

    date: dt.date
    precision: Precision = "day"


def parse(text: str) -> When | None:
    """The date in ``2024-09-26``, ``2024-09``, ``2024``, ``Sep 26, 2024``, ``26 September 2024``,
    ``Thu, 26 Sep 2024 10:00:00 GMT`` and the like; None for anything else, also ``03/04/2024``."""
    text = " ".join(text.split())
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            return _when(parts["year"], parts.get("month"), parts.get("number"), parts.get("day"))
    return None


def month_number(name: str) -> int | None:
    """1 to 12 for an English month, also shortened to three letters or more; else None."""
    name = name.lower()
    full = "january february march april may june july august september october november december"
    for number, month in enumerate(full.split(), start=1):
        if len(name) >= 3 and month.startswith(name.removesuffix("t") if name == "sept" else name):
            return number
    return None


def _when(year: str, name: str | None, number: str | None, day: str | None) -> When | None:
    month = month_number(name) if name else int(number) if number else None
    if name and month is None:
        return None
    try:
        if day:
            return When(dt.date(int(year), month or 0, int(day)), "day")
        if month:
            return When(dt.date(int(year), month, 1), "month")
        return When(dt.date(int(year), 1, 1), "year") if int(year) >= 1000 else None
    except ValueError:  # no such day
        return None
