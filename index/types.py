"""The values that every room speaks. Immutable, storage-free, vendor-free."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from index.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. Everything but id, title and abstract may be missing.

    ``pages`` is the provenance: the name of every file or feed that showed the
    paper, sorted. ``date`` is the first day that the known part of the date
    covers; ``extra["date_precision"]`` is "year" or "month" where the day (or
    month) is not known. ``extra`` holds strings only.
    """

    id: str
    title: str
    abstract: str
    date: dt.date | None = None
    n_authors: int | None = None
    authors: tuple[str, ...] = ()
    organisation: str | None = None
    pages: tuple[str, ...] = ()
    url: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def known_date(self) -> str:
        """The part of the date that is known: 2024, 2024-09 or 2024-09-26; "" where none is."""
        if self.date is None:
            return ""
        length = {"year": 4, "month": 7}.get(self.extra.get("date_precision", ""), 10)
        return self.date.isoformat()[:length]

    def to_dict(self, *, abstract: bool = True) -> dict[str, Any]:
        """JSON-ready; what is not known is left out."""
        known = {
            "id": self.id,
            "title": self.title,
            "abstract": self.abstract if abstract else None,
            "date": self.date.isoformat() if self.date else None,
            "n_authors": self.n_authors,
            "authors": list(self.authors) or None,
            "organisation": self.organisation,
            "pages": list(self.pages),
            "url": self.url,
            "extra": dict(self.extra) or None,
        }
        return {key: value for key, value in known.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a paper's abstract: ``paper.abstract[start:end] == text``."""

    id: str
    paper_id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found. ``why`` holds the component scores."""

    paper: Paper
    chunk: Chunk
    score: float
    rank: int
    why: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """``{"text", "start", "end", "score"}``."""
        chunk = self.chunk
        return {"text": chunk.text, "start": chunk.start, "end": chunk.end, "score": self.score}


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that was found, with its best passages, best first. ``rank`` counts from 1."""

    paper: Paper
    score: float
    rank: int
    passages: tuple[Passage, ...]
    why: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """``{"rank", "score", "paper", "passages"}``."""
        return {
            "rank": self.rank,
            "score": self.score,
            "paper": self.paper.to_dict(),
            "passages": [passage.to_dict() for passage in self.passages],
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a source that could not be taken as it is.

    ``rejected`` problems cost a record; the others are worth knowing and cost nothing.
    """

    source: str
    message: str
    line: int | None = None
    rejected: bool = True

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True, init=False)
class Filters:
    """Exact conditions on papers; all of them must hold.

    ``since`` and ``until`` are inclusive and may be given as "2024", "2024-09" or
    "2024-09-26". ``pages`` are page names or their beginnings, any of which may match.
    ``words`` must all occur, as substrings without regard to case, in title or abstract.
    A paper whose date (author count) is not known fails a condition on it.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    pages: tuple[str, ...] = ()
    min_authors: int | None = None
    max_authors: int | None = None
    words: tuple[str, ...] = ()

    def __init__(
        self,
        since: dt.date | str | None = None,
        until: dt.date | str | None = None,
        pages: tuple[str, ...] | list[str] | str = (),
        min_authors: int | None = None,
        max_authors: int | None = None,
        words: tuple[str, ...] | list[str] | str = (),
    ) -> None:
        values = {
            "since": _day(since, last=False),
            "until": _day(until, last=True),
            "pages": (pages,) if isinstance(pages, str) else tuple(pages),
            "min_authors": min_authors,
            "max_authors": max_authors,
            "words": (words,) if isinstance(words, str) else tuple(words),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __bool__(self) -> bool:
        return self != Filters()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; conditions that are not set are left out."""
        known = {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "pages": list(self.pages) or None,
            "min_authors": self.min_authors,
            "max_authors": self.max_authors,
            "words": list(self.words) or None,
        }
        return {key: value for key, value in known.items() if value is not None}


def _day(value: dt.date | str | None, *, last: bool) -> dt.date | None:
    """The first (or last) day that a possibly partial ISO date covers."""
    if value is None or isinstance(value, dt.date):
        return value
    try:
        parts = [int(part) for part in value.strip().split("-")]
        if len(parts) == 3:
            return dt.date(*parts)
        if len(parts) == 2:
            year, month = parts
            return dt.date(year, month, monthrange(year, month)[1] if last else 1)
        (year,) = parts
        return dt.date(year, 12, 31) if last else dt.date(year, 1, 1)
    except (ValueError, TypeError, IndexError) as error:
        message = f"not a date: {value!r}; write it as 2024, 2024-09 or 2024-09-26"
        raise ConfigError(message) from error


def with_pages(paper: Paper, *pages: str) -> Paper:
    """The paper, seen on these pages too."""
    return replace(paper, pages=tuple(sorted({*paper.pages, *pages})))
