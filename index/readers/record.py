"""From the strings of one record to a Paper, or to the reason why there is none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index import identity
from index.readers import bounds, dates
from index.readers.text import clean, file_name, short
from index.types import Paper, Problem

Item = Paper | Problem

_URL = re.compile(r"https?://[^\s<>\"\x00-\x1f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record begins."""

    path: Path
    line: int | None = None

    def problem(self, message: str) -> Problem:
        """Something that costs the record."""
        return Problem(file_name(self.path), message, self.line)

    def note(self, message: str) -> Problem:
        """Something that costs nothing but is worth knowing."""
        return Problem(file_name(self.path), message, self.line, rejected=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a source says about a paper, as it says it; empty strings where it says nothing."""

    title: str
    abstract: str
    id: str = ""
    date: str = ""
    n_authors: str = ""
    authors: tuple[str, ...] = ()
    organisation: str = ""
    url: str = ""
    pages: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


def papers(place: Place, record: Record) -> Iterator[Item]:
    """The paper, preceded by notes on values that were left out; or one rejecting Problem."""
    title, abstract = clean(record.title), clean(record.abstract)
    if fault := _fault(title, abstract):
        yield place.problem(fault)
        return
    notes: list[str] = []
    extra = _extra(record.extra)
    paper_id = _id(record.id, title, extra, notes)
    authors = tuple(name for raw in record.authors[: bounds.AUTHORS] if (name := _value(raw)))
    paper = Paper(
        id=paper_id,
        title=title,
        abstract=abstract,
        date=_date(record.date, extra, notes),
        n_authors=_count(record.n_authors, notes) or len(authors) or None,
        authors=authors,
        organisation=_value(record.organisation) or None,
        pages=_pages(place.path, record.pages),
        url=_url(record.url, notes) or identity.link(paper_id),
        extra=extra,
    )
    yield from (place.note(f"{message} ({short(title)!r})") for message in notes)
    yield paper


def _fault(title: str, abstract: str) -> str | None:
    """Why these can't be a paper's title and abstract; None if they can."""
    about = f" ({short(title)!r})" if title else ""
    if not title:
        return (
            f"has no title; its abstract begins {short(abstract)!r}"
            if abstract
            else ("has neither a title nor an abstract; both are needed")
        )
    if not abstract:
        return f"has no abstract, and only abstracts are searched{about}"
    if len(title) > bounds.TITLE:
        return f"the title has {len(title):,} characters; at most {bounds.TITLE:,} are read{about}"
    if len(abstract) > bounds.ABSTRACT:
        most = f"at most {bounds.ABSTRACT:,} are read"
        return f"the abstract has {len(abstract):,} characters; {most}: is it the full text?{about}"
    if len(abstract) < bounds.SHORTEST_ABSTRACT:
        least = f"at least {bounds.SHORTEST_ABSTRACT} are needed"
        return f"the abstract has {len(abstract)} characters; {least}{about}"
    return None


def _id(raw: str, title: str, extra: dict[str, str], notes: list[str]) -> str:
    if not raw.strip():
        return identity.title_id(title)
    given = identity.given_id(raw)
    if given is None:
        notes.append(
            f"the id {short(raw, 30)!r} has spaces or control characters or is too long;"
            " an id made from the title is used instead"
        )
        return identity.title_id(title)
    if given.version:
        extra["version"] = given.version
    return given.id


def _date(raw: str, extra: dict[str, str], notes: list[str]) -> dt.date | None:
    if not raw.strip():
        extra.pop("date_precision", None)
        return None
    when = dates.parse(raw)
    if when is None:
        notes.append(f"the date {short(raw, 30)!r} was left out; write it as 2024-09-26")
        extra.pop("date_precision", None)
        return None
    if when.precision != "day":
        extra["date_precision"] = when.precision
    elif extra.get("date_precision") not in ("year", "month"):
        extra.pop("date_precision", None)
    return when.date


def _count(raw: str, notes: list[str]) -> int | None:
    text = raw.strip().removesuffix(".0")
    if not text:
        return None
    if text.isdecimal() and len(text) < 9 and 1 <= int(text) <= bounds.AUTHORS:
        return int(text)
    notes.append(f"the author count {short(raw, 30)!r} was left out; write it as a number")
    return None


def _url(raw: str, notes: list[str]) -> str | None:
    url = raw.strip()
    if not url:
        return None
    if len(url) <= bounds.FIELD and _URL.fullmatch(url):
        return url
    notes.append(
        f"the link {short(raw, 30)!r} was left out; it must begin with http:// or https://"
    )
    return None


def _pages(path: Path, named: tuple[str, ...]) -> tuple[str, ...]:
    own = clean(file_name(Path(path.name))) or "unnamed"
    return tuple(sorted({own, *filter(None, map(_value, named))}))


def _extra(raw: Mapping[str, str]) -> dict[str, str]:
    pairs = ((_value(key), _value(value)) for key, value in list(raw.items())[: bounds.EXTRAS])
    return {key: value for key, value in pairs if key and value}


def _value(text: str) -> str:
    """A tidied side value; nothing where it is too long to be one."""
    value = clean(text)
    return value if len(value) <= bounds.FIELD else ""
