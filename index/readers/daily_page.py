"""A Hugging Face Daily Papers page, saved as text.

The page is a head (interface words and the day of saving), then entries::

    Title

    Abstract, one long line

      • 6 authors            (or an organisation's name; or the whole tail is missing)
    ·
    Mar 29, 2020 4           (the year may be missing; the last number counts comments)

A line is a title or an abstract by its shape and by its place between the others. What has no
place is reported, never guessed.

Dates without a year: the site leaves the year out for dates of the year in which the page was
saved. So every year that is written is an earlier one, and the missing year is the one after the
newest written year, unless the head's date has a year of its own. A date that would then lie
after the day of saving, or a page that writes no year at all, can't be decided: the date is left
out and reported. Papers dated this way carry ``extra["date_year"] == "inferred"``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from index.readers.page_tokens import Count, Date, Text, Token, tokens
from index.readers.record import Item, Place, Record, papers
from index.readers.source import Head, Line, lines
from index.readers.text import short
from index.types import Problem

_HEAD_MARKS = re.compile(
    r"get trending papers in your email inbox!?|daily papers|by\s?ak and the research community",
    re.IGNORECASE,
)
_INTERFACE = re.compile(
    rf"{_HEAD_MARKS.pattern}|new|subscribe|trending|previous|next|load more|log in|sign up",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Entry:
    title: Text
    abstract: Text
    authors: str = ""
    organisation: str = ""
    date: Date | None = None


@dataclass(slots=True)
class _Page:
    path: Path
    saved: Date | None = None
    entries: list[_Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    open_title: Text | None = None

    def place(self, token: Token) -> Place:
        return Place(self.path, token.line)


def recognises(head: Head) -> bool:
    """Words of the page's own head, or titles and abstracts in turn, two at least, little else."""
    if head.start.startswith(("{", "[", "<", "@", "%", "#")):
        return False
    if any(_HEAD_MARKS.fullmatch(line.strip()) for line in head.lines):
        return True
    numbered = (Line(number, text) for number, text in enumerate(head.text.splitlines(), start=1))
    shapes = [token.is_abstract for token in tokens(numbered) if isinstance(token, Text)]
    pairs = sum(not one and other for one, other in pairwise(shapes))
    return pairs >= 2 and len(shapes) - 2 * pairs <= 1 + pairs // 4


def read(path: Path) -> Iterator[Item]:
    """The page's papers in their order; Problems for what can't be placed."""
    page = _Page(path)
    known: list[Line] = []
    for line in lines(path):
        if isinstance(line, Problem):
            yield line
        else:
            known.append(line)
    for token in tokens(iter(known)):
        _take(page, token)
    _finish(page)
    yield from page.problems
    year, notes = _year(page)
    yield from notes
    for entry in page.entries:
        yield from _papers(page, entry, year)


def _take(page: _Page, token: Token) -> None:
    """Put one token into its place, or report it."""
    last = page.entries[-1] if page.entries and page.open_title is None else None
    match token:
        case Text(organisation=True) if last and not last.authors and not last.organisation:
            last.organisation = _organisation(token.text)
        case Text(organisation=True):
            page.problems.append(page.place(token).problem(_unplaced(token.text)))
        case Text() if token.is_abstract:
            _take_abstract(page, token)
        case Text():
            _take_title(page, token)
        case Count() if last and not last.authors and not last.date:
            last.authors = token.authors
        case Date() if last and not last.date:
            last.date = token
        case Date() if not page.entries:
            page.saved = token
        case Count() | Date():
            message = "an author count or a date that belongs to no entry; its title or abstract"
            page.problems.append(page.place(token).note(f"{message} is missing above it"))


def _take_abstract(page: _Page, token: Text) -> None:
    if page.open_title is None:
        message = f"no title above this abstract, so it was left out: {short(token.text)!r}"
        page.problems.append(page.place(token).problem(message))
        return
    page.entries.append(_Entry(page.open_title, token))
    page.open_title = None


def _take_title(page: _Page, token: Text) -> None:
    if page.open_title is not None:
        _report_open_title(page)
    page.open_title = token


def _report_open_title(page: _Page) -> None:
    """A line in the head is worth a note; below, it is a paper whose abstract is missing.

    Words of the interface are neither, but they could have been a title until here.
    """
    title = page.open_title
    if title is None or _INTERFACE.fullmatch(title.text):
        return
    if page.entries:
        message = f"no abstract below this title, so it was left out: {short(title.text)!r}"
        page.problems.append(page.place(title).problem(message))
    else:
        message = f"taken for a part of the page's head, not for a title: {short(title.text)!r}"
        page.problems.append(page.place(title).note(message))


def _finish(page: _Page) -> None:
    if (title := page.open_title) and not _INTERFACE.fullmatch(title.text):
        message = f"the page ends after this title, its abstract is missing: {short(title.text)!r}"
        page.problems.append(page.place(title).problem(message))
    if not page.entries:
        message = "no entry (a title and an abstract below it) on this page; was it saved whole?"
        page.problems.append(Place(page.path).problem(message))


def _unplaced(text: str) -> str:
    return f"neither a title nor an abstract, and it belongs to no entry: {short(text)!r}"


def _organisation(text: str) -> str:
    """``nvidia NVIDIA`` is an account's name and the organisation's: once is enough."""
    words = text.split()
    for cut in range(1, len(words)):
        handle, name = "".join(words[:cut]), "".join(words[cut:])
        if re.sub(r"\W|_", "", handle).lower() == re.sub(r"\W|_", "", name).lower():
            return " ".join(words[cut:])
    return text


def _year(page: _Page) -> tuple[int | None, list[Problem]]:
    """The year of dates without one, and a note where some can't be decided."""
    found = [entry.date for entry in page.entries if entry.date]
    yearless = [date for date in found if date.year is None]
    if page.saved and page.saved.year:
        return page.saved.year, []
    written = [date.year for date in found if date.year is not None]
    if written:
        return max(written) + 1, []
    if not yearless:
        return None, []
    message = (
        f"{len(yearless)} dates without a year were left out, for no date on the page has one;"
        " add the year to the day in the page's head, as in 'Oct 30, 2025'"
    )
    return None, [page.place(yearless[0]).note(message)]


def _papers(page: _Page, entry: _Entry, year: int | None) -> Iterator[Item]:
    extra: dict[str, str] = {}
    when = ""
    if entry.date and entry.date.comments:
        extra["comments"] = entry.date.comments
    if entry.date and (entry.date.year or year):
        day = _day(entry.date, entry.date.year or year)
        if day is None or (entry.date.year is None and _is_after_saving(day, page.saved)):
            message = "the date was left out: with the page's year it is no day, or after saving"
            yield page.place(entry.date).note(f"{message} ({short(entry.title.text)!r})")
        else:
            when = day.isoformat()
            extra |= {} if entry.date.year else {"date_year": "inferred"}
    record = Record(
        title=entry.title.text,
        abstract=entry.abstract.text,
        date=when,
        n_authors=entry.authors,
        organisation=entry.organisation,
        extra=extra,
    )
    yield from papers(page.place(entry.title), record)


def _day(date: Date, year: int | None) -> dt.date | None:
    try:
        return dt.date(year or 0, date.month, date.day)
    except ValueError:  # Feb 29, or no day at all
        return None


def _is_after_saving(day: dt.date, saved: Date | None) -> bool:
    return saved is not None and (day.month, day.day) > (saved.month, saved.day)
