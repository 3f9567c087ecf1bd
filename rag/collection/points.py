"""Single stretches of time in words ("July", "Q3 2024", "last month") as days. Pure."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rag.collection.months import MONTHS, first_and_last, month_in_words
from rag.collection.numbers import NUMBER, number

_SHORT = {name[:3]: place for place, name in enumerate(MONTHS, 1)} | {"sept": 9}
MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join(_SHORT)})\b\.?)"
YEAR = r"(?:(?<![\w.])(?:19|20)\d\d)(?![\d.]\d|\d)"
_DAY = r"(?:(?:the\s+)?(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?:\s+of)?)"
_PARTS = {
    "first quarter": (1, 3), "second quarter": (4, 6), "third quarter": (7, 9),
    "fourth quarter": (10, 12), "last quarter": (10, 12),
    "first half": (1, 6), "second half": (7, 12), "q1": (1, 3), "q2": (4, 6), "q3": (7, 9),
    "q4": (10, 12), "h1": (1, 6), "h2": (7, 12), "spring": (3, 5), "summer": (6, 8),
    "autumn": (9, 11), "fall": (9, 11), "early": (1, 4), "mid": (5, 8), "late": (9, 12),
}  # fmt: skip
_VAGUE = {"early", "mid", "late", "spring", "summer", "autumn", "fall"}
_UNITS = {"day": 1, "week": 7, "month": 0, "quarter": 0, "year": 0}

# One stretch of time. The names of the groups are read by `resolve`.
POINT = re.compile(
    rf"""
    (?P<iso_day>{YEAR}-\d\d-\d\d)\b
  | (?P<iso_month>{YEAR}-(?:0[1-9]|1[0-2]))\b
  | (?P<slash_month>(?:0?[1-9]|1[0-2])/{YEAR})\b
  | (?:the\s+)?(?P<part>(?:first|second|third|fourth|last)\s+(?:quarter|half)|[qh][1-4]
      |spring|summer|autumn|fall|early|mid|late)[\s-]+(?:(?:of|in)\s+)?(?P<part_year>{YEAR})
  | (?P<day>{_DAY})\s+(?P<day_month>{MONTH}),?(?:\s+(?P<day_year>{YEAR}))?
  | (?P<month_a>{MONTH})\s+(?P<day_a>(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?)(?!\d|\w)
      (?:\s*,?\s*(?P<year_a>{YEAR}))?
  | (?:the\s+month\s+of\s+)?(?P<month>{MONTH})
      (?:,?\s+(?:of\s+)?(?P<month_year>{YEAR})|\s+'(?P<short_year>\d\d)\b)
  | (?P<decade>(?:the\s+)?(?:19|20)\d0s)\b
  | (?:(?:the\s+)?(?:calendar\s+)?year\s+(?:of\s+)?)?(?P<year>{YEAR})\b
  | (?P<rolling>(?:the\s+)?(?:last|past|previous|preceding)\s+(?P<n>{NUMBER})\s+
      (?P<n_unit>day|week|month|year)s?)\b
  | (?P<past>(?:the\s+(?:last|past)|past)\s+(?P<past_unit>day|week|month|quarter|year|decade))\b
  | (?P<named>(?P<which>this|the\s+current|current|last|the\s+previous|previous)\s+
      (?P<named_unit>week|month|quarter|year))\b
  | (?P<near>today|yesterday)\b
  | (?:(?P<turn>last|this)\s+)?(?P<bare>{MONTH})(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)


Resolved = tuple[dt.date, dt.date, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Clock:
    """Today, and what the collection holds: months (year, month), its newest day."""

    today: dt.date
    newest: dt.date | None = None
    months: Mapping[tuple[int, int], int] | None = None


def has_year(match: re.Match[str]) -> bool:
    return not (
        match["bare"] or (match["day"] and not match["day_year"])
        or (match["month_a"] and not match["year_a"])
    )  # fmt: skip


def resolve(
    match: re.Match[str], clock: Clock, *, year: int | None = None, opens: bool = False
) -> Resolved | None:
    """First and last day. ``year`` for a month without one; ``opens``: nothing ends it."""
    try:
        return _absolute(match) or _relative(match, clock) or _yearless(match, clock, year, opens)
    except (ValueError, OverflowError):
        return None  # the 31st of June


def _absolute(match: re.Match[str]) -> Resolved | None:
    for name, reader in _READERS.items():
        if match[name]:
            return reader(match)
    return None


def _iso_day(match: re.Match[str]) -> Resolved:
    day = dt.date.fromisoformat(match["iso_day"])
    return day, day, ()


def _iso_month(match: re.Match[str]) -> Resolved:
    year, _, month = match["iso_month"].partition("-")
    return *first_and_last(int(year), int(month)), ()


def _slash_month(match: re.Match[str]) -> Resolved:
    month, _, year = match["slash_month"].partition("/")
    return *first_and_last(int(year), int(month)), ()


def _part(match: re.Match[str]) -> Resolved:
    part, year = " ".join(match["part"].lower().split()), int(match["part_year"])
    first, last = _PARTS[part]
    read = f"{month_in_words(first)} to {month_in_words(last)} {year}"
    notes = (f"“{part} {year}” is read as {read}",) if part in _VAGUE else ()
    return dt.date(year, first, 1), first_and_last(year, last)[1], notes


def _month_year(match: re.Match[str]) -> Resolved:
    year = match["month_year"] or f"20{match['short_year']}"
    return *first_and_last(int(year), _month(match["month"])), ()


def _decade(match: re.Match[str]) -> Resolved:
    start = int(re.sub(r"\D", "", match["decade"]))
    return dt.date(start, 1, 1), dt.date(start + 9, 12, 31), ()


def _year(match: re.Match[str]) -> Resolved:
    year = int(match["year"])
    return dt.date(year, 1, 1), dt.date(year, 12, 31), ()


_READERS: dict[str, Callable[[re.Match[str]], Resolved]] = {
    "iso_day": _iso_day,
    "iso_month": _iso_month,
    "slash_month": _slash_month,
    "part": _part,
    "day_year": lambda m: _day(int(m["day_year"]), m["day_month"], m["day"]),
    "year_a": lambda m: _day(int(m["year_a"]), m["month_a"], m["day_a"]),
    "month": _month_year,
    "decade": _decade,
    "year": _year,
}


def _relative(match: re.Match[str], clock: Clock) -> Resolved | None:
    today = clock.today
    if match["near"]:
        day = today - dt.timedelta(days=match["near"].lower() == "yesterday")
        return day, day, ()
    if match["rolling"]:
        length = number(match["n"])
        return _back(today, length, match["n_unit"].lower()) if length else None
    if match["past"]:
        unit = match["past_unit"].lower()
        many = {"quarter": (3, "month"), "decade": (10, "year")}.get(unit, (1, unit))
        return _back(today, *many)
    if match["named"]:
        this = re.search(r"this|current", match["which"], re.IGNORECASE)
        return _calendar(today, match["named_unit"].lower(), 0 if this else 1)
    return None


def _calendar(today: dt.date, unit: str, back: int) -> Resolved:
    """The week, month, quarter or year that today is in, or the one ``back`` before it."""
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday() + 7 * back)
        return monday, monday + dt.timedelta(days=6), ()
    size = {"year": 12, "quarter": 3}.get(unit, 1)
    first = ((today.year * 12 + today.month - 1) // size - back) * size
    start, end = _of_place(first), _of_place(first + size - 1)
    return first_and_last(*start)[0], first_and_last(*end)[1], ()


def _yearless(match: re.Match[str], clock: Clock, year: int | None, opens: bool) -> Resolved | None:
    """A month (or day of one) without a year: see ``_year_of``."""
    name = match["bare"] or match["day_month"] or match["month_a"]
    if not name:
        return None
    month = _month(name)
    notes: tuple[str, ...] = ()
    if year is None:
        year = _year_of(month, clock, opens=opens)
        notes = (f"{month_in_words(month)} is read as {month_in_words(month)} {year}",)
    day = match["day"] or match["day_a"]
    if match["bare"] or not day:
        return *first_and_last(year, month), notes
    first, last, _ = _day(year, name, day)
    return first, last, notes


def _year_of(month: int, clock: Clock, *, opens: bool) -> int:
    """The one year in which papers are dated in this month; else the latest that has begun.

    Nothing here is newer than the newest paper: begun by then, or by today if that is earlier.
    """
    years = {year for year, held in clock.months or () if held == month}
    if len(years) == 1 and not opens:
        return years.pop()
    by = min(clock.today, clock.newest) if clock.newest else clock.today
    return by.year if (by.year, month) <= (by.year, by.month) else by.year - 1


def _back(today: dt.date, length: int, unit: str) -> Resolved:
    if unit in ("day", "week"):
        return today - dt.timedelta(days=length * _UNITS[unit]), today, ()
    year, month = _of_place(
        today.year * 12 + today.month - 1 - length * (12 if unit == "year" else 1)
    )
    return dt.date(year, month, min(today.day, monthrange(year, month)[1])), today, ()


def _of_place(place: int) -> tuple[int, int]:
    """(year, month) of the number of months since the year 0."""
    return place // 12, place % 12 + 1


def _day(year: int, month: str, day: str) -> Resolved:
    number_of = re.search(r"\d+", day)
    date = dt.date(year, _month(month), int(number_of[0]) if number_of else 1)
    return date, date, ()


def _month(name: str) -> int:
    return _SHORT.get(name.lower().rstrip("."), 0) or _SHORT[name.lower()[:3]]
