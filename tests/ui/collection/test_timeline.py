"""Papers a month: no month left out, no paper counted twice or put where it isn't known to be."""

from __future__ import annotations

import datetime as dt

from index.types import Paper
from ui.collection.timeline import MOST_MONTHS, Month, Timeline, timeline


def _paper(date: str) -> Paper:
    parts = [int(part) for part in date.split("-")] if date else []
    precision = {1: {"date_precision": "year"}, 2: {"date_precision": "month"}}.get(len(parts), {})
    day = dt.date(*[*parts, 1, 1][:3]) if parts else None
    return Paper("x", "t", "a", day, extra=precision)


def _told(*dates: str) -> Timeline:
    return timeline(map(_paper, dates))


def test_months_without_papers_are_told_too() -> None:
    found = _told("2023-11-30", "2024-02", "2024-02-29")
    assert found.months == (
        Month(2023, 11, 1),
        Month(2023, 12, 0),
        Month(2024, 1, 0),
        Month(2024, 2, 2),
    )
    assert found.months[0].key == "2023-11"


def test_years_and_papers_without_a_date_are_counted_apart() -> None:
    found = _told("2024", "", "2022", "2024", "2024-03-01", "")
    assert found.months == (Month(2024, 3, 1),)
    assert (found.by_year, found.undated) == (((2022, 1), (2024, 2)), 2)


def test_nothing_dated() -> None:
    assert timeline([]) == Timeline()
    assert _told("", "2020").months == ()


def test_a_stray_date_does_not_stretch_the_line() -> None:
    found = _told("0001-01-01", *["2024-01-05", "2024-04-05"] * 5, "9999-12-31", "9999-12-30")
    assert [month.key for month in found.months] == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert (found.earlier, found.later) == (1, 2)


def test_every_paper_is_counted_once() -> None:
    dates = [f"{1500 + 7 * n % 600}-0{1 + n % 9}-10" for n in range(500)]
    found = _told(*dates, "", "1999")
    assert 0 < len(found.months) <= MOST_MONTHS
    assert sum(m.count for m in found.months) + found.earlier + found.later == 500
