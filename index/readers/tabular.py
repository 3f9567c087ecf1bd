"""CSV and TSV with a header line that names a title and an abstract column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from index.readers import bounds, fields
from index.readers.record import Item, Place, papers
from index.readers.source import Head, Line, lines
from index.readers.text import short
from index.types import Problem

_DELIMITERS = ",\t;|"


_NEEDED = ("title", "abstract")


def recognises(head: Head) -> bool:
    """A first line whose columns name a title and an abstract."""
    return bool(head.lines) and not _missing(_header(head.lines[0])[1])


def read(path: Path) -> Iterator[Item]:
    """One paper a row; a row that is broken costs only itself."""
    header: list[str] | None = None
    for row in _rows(path):
        if isinstance(row, Problem):
            yield row
            continue
        place, cells = row
        if header is None:
            header = cells
            if missing := _missing(header):
                yield place.problem(_no_column(missing[0], header))
                return
        elif len(cells) != len(header):
            message = f"the row has {len(cells)} columns, the header has {len(header)}"
            yield place.problem(f"{message}; it was left out: check its quotes and separators")
        else:
            first_wins = dict(zip(reversed(header), reversed(cells), strict=True))
            yield from papers(place, fields.record(first_wins))


class _NeverClosed(Exception):
    """A quoted record that goes on for too long."""


class _Feed:
    """Lines for a csv.reader, with the way back to where a record began."""

    def __init__(self, path: Path) -> None:
        self.problems: list[Problem] = []
        self.record: list[Line] = []  # lines of the record that is being read
        self._lines = lines(path)
        self._again: list[Line] = []  # lines to be given out again, the next one last

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.record) >= bounds.RECORD_LINES:
            raise _NeverClosed(f"a quote is not closed within {bounds.RECORD_LINES:,} lines")
        line = self._again.pop() if self._again else next(self._lines)
        while isinstance(line, Problem):
            self.problems.append(line)
            line = next(self._lines)
        self.record.append(line)
        return line.text + "\n"

    def give_back(self, lines: list[Line]) -> None:
        """Let these lines come next."""
        self._again += reversed(lines)
        self.record = []


def _rows(path: Path) -> Iterator[tuple[Place, list[str]] | Problem]:
    """Rows and where they begin. After a broken one, reading goes on with its second line."""
    csv.field_size_limit(bounds.LINE)  # holds for the process; the default is 128 KiB a cell
    feed = _Feed(path)
    first = next((text for text in feed if text.strip()), "")
    delimiter = _header(first)[0]
    feed.give_back(feed.record[-1:])
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.record = []
        row: list[str] | None = None
        broken = ""
        try:
            row = next(reader, None)
        except (csv.Error, _NeverClosed) as error:
            broken = str(error)
        yield from feed.problems
        feed.problems = []
        if broken:
            message = f"not a valid row ({broken}); the line was left out: check its quotes"
            yield Place(path, feed.record[0].number).problem(message)
            feed.give_back(feed.record[1:])
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
        elif row is None:
            return
        elif any(cell.strip() for cell in row):
            yield Place(path, feed.record[0].number), row


def _header(line: str) -> tuple[str, list[str]]:
    """The separator, and the columns that it makes: the most telling, then the most."""

    def columns(delimiter: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return []

    splits = [(delimiter, columns(delimiter)) for delimiter in _DELIMITERS]
    return max(splits, key=lambda split: (-len(_missing(split[1])), len(split[1])))


def _missing(header: list[str]) -> list[str]:
    """Which of the needed columns the header doesn't name."""
    found = set(map(fields.normal, header))
    return [meaning for meaning in _NEEDED if found.isdisjoint(fields.names_of(meaning))]


def _no_column(missing: str, header: list[str]) -> str:
    found = ", ".join(short(cell.strip(), 30) for cell in header[:12])
    names = " or ".join(repr(name) for name in fields.names_of(missing)[:2])
    return f"the first line names no column for the {missing}: {found}; call one of them {names}"
