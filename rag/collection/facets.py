"""What a collection holds in outline: what a question about it may refer to."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from index.types import Paper

_LEADING_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class CollectionFacets:
    """Totals over a collection, and the names that occur in it.

    ``months`` maps (year, month) to the number of papers dated in it; ``dated``, ``counted``,
    ``named`` and ``affiliated`` count the papers whose date, number of authors, authors' names
    and organisation are known. ``author_counts``: the smallest and the largest, (0, 0) if none.
    """

    papers: int = 0
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    months: Mapping[tuple[int, int], int] = field(default_factory=dict)
    pages: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    dated: int = 0
    counted: int = 0
    named: int = 0
    affiliated: int = 0
    author_counts: tuple[int, int] = (0, 0)


def facets_of(papers: Iterable[Paper]) -> CollectionFacets:
    """The outline of these papers."""
    known = list(papers)
    dates = sorted(paper.date for paper in known if paper.date)
    counts = [paper.n_authors for paper in known if paper.n_authors is not None]
    organisations = {paper.organisation for paper in known if paper.organisation}
    return CollectionFacets(
        papers=len(known),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        months=Counter((day.year, day.month) for day in dates),
        pages=tuple(sorted({page for paper in known for page in paper.pages})),
        organisations=tuple(sorted(organisations)),
        titles=tuple(paper.title for paper in known),
        dated=len(dates),
        counted=len(counts),
        named=sum(bool(paper.authors) for paper in known),
        affiliated=sum(paper.organisation is not None for paper in known),
        author_counts=(min(counts, default=0), max(counts, default=0)),
    )


def page_label(page: str) -> str:
    """What people call a page: the number that its name begins with, or its name."""
    number = _LEADING_NUMBER.match(page)
    return number[0] if number else page
