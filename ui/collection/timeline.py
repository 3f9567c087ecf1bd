"""How many papers each month brought. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Paper

MOST_MONTHS = 600
"""Months that are told one by one: half a century, about the middle of the papers' months."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month and its papers' number. ``key`` is "2024-09"."""

    year: int
    month: int
    count: int

    @property
    def key(self) -> str:
        """As it is written in a date, and in a filter."""
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every month from the first paper's to the last one's, those without papers too.

    ``by_year``: (year, papers of which no more is known), oldest first. ``undated``: papers without
    a date. ``earlier`` and ``later``: papers before and after the months, where a stray date lies
    so far off that not every month in between is told.
    """

    months: tuple[Month, ...] = ()
    by_year: tuple[tuple[int, int], ...] = ()
    undated: int = 0
    earlier: int = 0
    later: int = 0


def timeline(papers: Iterable[Paper]) -> Timeline:
    """The papers by month, each counted once."""
    months: Counter[int] = Counter()
    years: Counter[int] = Counter()
    undated = 0
    for paper in papers:
        if paper.date is None:
            undated += 1
        elif len(paper.known_date) == 4:
            years[paper.date.year] += 1
        else:
            months[12 * paper.date.year + paper.date.month - 1] += 1
    first, last = _told(months)
    return Timeline(
        tuple(Month(n // 12, n % 12 + 1, months[n]) for n in range(first, last + 1)),
        tuple(sorted(years.items())),
        undated,
        sum(count for n, count in months.items() if n < first),
        sum(count for n, count in months.items() if n > last),
    )


def _told(months: Counter[int]) -> tuple[int, int]:
    """The first and the last month that are told; an empty range where there is none."""
    if not months:
        return 0, -1
    first, last = min(months), max(months)
    if last - first < MOST_MONTHS:
        return first, last
    middle = _median(months)
    near = [n for n in months if abs(n - middle) < MOST_MONTHS // 2]
    return min(near), max(near)


def _median(months: Counter[int]) -> int:
    half, seen = months.total() / 2, 0
    for n in sorted(months):
        seen += months[n]
        if seen >= half:
            return n
    raise AssertionError("no month")
