"""The collection as a table: one row a paper, with all that sorting and narrowing need.

Made once for a store's revision (some seconds for 50,000 papers); sorting and narrowing them then
takes tens of milliseconds. Pure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from index.errors import ConfigError
from index.text import normalise
from index.types import Filters, Paper

_QUOTED = re.compile(r'"([^"]*)"?|(\S+)')
_NAMED = 3  # authors up to whom all are named


@dataclass(frozen=True, slots=True)
class Row:
    """A paper as the table shows it.

    ``date`` is the part that is known ("2024", "2024-09" or "2024-09-26", or ""); ``authors`` are
    names, or their number where no names are known, or ""; ``words`` counts the abstract's.
    What ends in ``_key`` is for sorting, ``search`` for narrowing.
    """

    paper_id: str
    title: str
    date: str
    authors: str
    organisation: str
    pages: tuple[str, ...]
    words: int
    n_authors: int | None
    day: dt.date | None
    title_key: str
    organisation_key: str
    search: str


def table(papers: Iterable[Paper]) -> tuple[Row, ...]:
    """The papers' rows, in their order."""
    return tuple(_row(paper) for paper in papers)


_KEYS: dict[str, Callable[[Row], object]] = {
    "title": lambda row: row.title_key or None,
    "date": lambda row: row.date or None,
    "authors": lambda row: row.n_authors,
    "organisation": lambda row: row.organisation_key or None,
    "pages": lambda row: row.pages or None,
    "words": lambda row: row.words,
}
COLUMNS: Mapping[str, Callable[[Row], object]] = MappingProxyType(_KEYS)
"""What rows can be sorted by: a name, and what of a row is compared (None: not known)."""


def ordered(rows: Sequence[Row], column: str, *, descending: bool = False) -> tuple[Row, ...]:
    """The rows by a column; what is not known comes last either way, equals stay in their order.

    A date of which only the year is known comes before that year's days. Raises ConfigError for
    a column that is none.
    """
    key = COLUMNS.get(column)
    if key is None:
        raise ConfigError(f"papers can't be sorted by {column!r}; take {', '.join(COLUMNS)}")
    keyed = [(key(row), row) for row in rows]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)  # type: ignore[arg-type, return-value]
    return (*(row for _, row in known), *(row for value, row in keyed if value is None))


def narrowed(
    rows: Sequence[Row], text: str = "", filters: Filters | None = None
) -> tuple[Row, ...]:
    """The rows that hold all words of the text, and meet all of the conditions.

    Words are looked for in title, abstract, authors and organisation, also inside of words,
    without regard to case, accents and LaTeX; "several words" in quotes must stand together.
    Conditions are those of ``Filters``, with its ``words`` read in the same way.
    """
    wanted = [*_wanted(text)]
    tests: list[Callable[[Row], bool]] = []
    if filters is not None:
        wanted += [key for word in filters.words if (key := _plain(word))]
        tests = _conditions(filters)
    for word in dict.fromkeys(wanted):
        rows = [row for row in rows if word in row.search]
    for test in tests:
        rows = [row for row in rows if test(row)]
    return tuple(rows)


def _conditions(filters: Filters) -> list[Callable[[Row], bool]]:
    """What is not known fails a condition on it."""
    since, until, pages = filters.since, filters.until, filters.pages
    least, most = filters.min_authors, filters.max_authors
    tests: list[Callable[[Row], bool]] = []
    if since is not None:
        tests.append(lambda row: row.day is not None and row.day >= since)
    if until is not None:
        tests.append(lambda row: row.day is not None and row.day <= until)
    if least is not None:
        tests.append(lambda row: row.n_authors is not None and row.n_authors >= least)
    if most is not None:
        tests.append(lambda row: row.n_authors is not None and row.n_authors <= most)
    if pages:
        tests.append(lambda row: any(page.startswith(pages) for page in row.pages))
    return tests


def _wanted(text: str) -> list[str]:
    found = (_plain(quoted or word) for quoted, word in _QUOTED.findall(text))
    return [word for word in found if word]


def _row(paper: Paper) -> Row:
    organisation = paper.organisation or ""
    searched = (paper.title, paper.abstract, *paper.authors, organisation)
    return Row(
        paper_id=paper.id,
        title=paper.title,
        date=paper.known_date,
        authors=_authors(paper),
        organisation=organisation,
        pages=paper.pages,
        words=len(paper.abstract.split()),
        n_authors=paper.n_authors or len(paper.authors) or None,
        day=paper.date,
        title_key=_plain(paper.title),
        organisation_key=_plain(organisation),
        search="\n".join(_plain(part) for part in searched if part),
    )


def _authors(paper: Paper) -> str:
    """Names, the first ones of many; or how many there are."""
    count = max(paper.n_authors or 0, len(paper.authors))
    if paper.authors:
        named = ", ".join(paper.authors[:_NAMED])
        return named if count <= _NAMED else f"{named} and {count - _NAMED:,} more"
    return "" if not count else "1 author" if count == 1 else f"{count:,} authors"


def _plain(text: str) -> str:
    return " ".join(normalise(text).split())
