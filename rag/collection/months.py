"""Days and months: first, last, and in words. Pure."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

_MONTHS_TEXT = """
january february march april may june july august september october november december
"""
MONTHS = _MONTHS_TEXT.split()


def first_and_last(year: int, month: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month. Raises ValueError where there is no such month."""
    return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])


def month_in_words(month: int) -> str:
    """July."""
    return MONTHS[month - 1].title()


def day_in_words(day: dt.date) -> str:
    """1 July 2025."""
    return f"{day.day} {month_in_words(day.month)} {day.year}"


def in_words(since: dt.date | None, until: dt.date | None) -> str:
    """ "in 2021", "in November 2023", "since 1 July 2025", "before 2021", "from ... to ..."."""
    if since and until:
        return _between(since, until)
    if since:
        return f"since {day_in_words(since)}"
    if until and (until.month, until.day) == (12, 31):
        return f"before {until.year + 1}"
    return f"up to {day_in_words(until)}" if until else "at any time"


def _between(since: dt.date, until: dt.date) -> str:
    whole_years = (since.month, since.day, until.month, until.day) == (1, 1, 12, 31)
    if whole_years:
        same = since.year == until.year
        return f"in {since.year}" if same else f"from {since.year} to {until.year}"
    if since == until:
        return f"on {day_in_words(since)}"
    if (since, until) == first_and_last(since.year, since.month):
        return f"in {month_in_words(since.month)} {since.year}"
    return f"from {day_in_words(since)} to {day_in_words(until)}"
