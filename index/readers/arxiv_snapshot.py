"""arXiv's bulk metadata, one JSON object a line (the snapshot that is offered on Kaggle)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from index.identity import given_id
from index.readers import dates, fields
from index.readers.json_source import objects
from index.readers.record import Item, Record, papers
from index.readers.source import Head
from index.types import Problem

_AUTHORS = re.compile(r'"authors_parsed"\s*:\s*\[')
_VERSIONS = re.compile(r'"versions"\s*:\s*\[')


def recognises(head: Head) -> bool:
    """JSON with the snapshot's own fields."""
    return head.start.startswith(("{", "[")) and bool(
        _AUTHORS.search(head.text) or (_VERSIONS.search(head.text) and "update_date" in head.text)
    )


def read(path: Path) -> Iterator[Item]:
    """One paper a line; its date is the day of its first version."""
    for found in objects(path):
        if isinstance(found, Problem):
            yield found
        else:
            yield from papers(found.place, _record(found.value))


def _record(value: Mapping[str, object]) -> Record:
    arxiv_id = fields.text(value.get("id"))
    versions = _mappings(value.get("versions"))
    last = fields.text(versions[-1].get("version")).lstrip("v") if versions else ""
    extra = {
        "updated": fields.text(value.get("update_date")),
        "version": last,
        "doi": fields.text(value.get("doi")),
        "categories": fields.text(value.get("categories")),
        "venue": fields.text(value.get("journal-ref")),
    }
    authors = _authors(value.get("authors_parsed"))
    return Record(
        title=fields.text(value.get("title")),
        abstract=fields.text(value.get("abstract")),
        id=arxiv_id,
        date=_first_day(versions, arxiv_id),
        authors=authors or fields.people(value.get("authors"))[0],
        extra={key: text for key, text in extra.items() if text},
    )


def _authors(value: object) -> tuple[str, ...]:
    """Names from ``[["Last", "First", "Jr."], ...]``."""
    parsed = value if isinstance(value, list) else []
    names = []
    for parts in parsed:
        last, first, suffix, *_ = [
            *map(fields.text, parts if isinstance(parts, list) else []),
            *[""] * 3,
        ]
        names.append(" ".join(filter(None, (first, last, suffix))))
    return tuple(filter(None, names))


def _first_day(versions: list[Mapping[str, object]], arxiv_id: str) -> str:
    """When the first version was submitted; failing that, the month that is in the id."""
    created = fields.text(versions[0].get("created")) if versions else ""
    if when := dates.parse(created):
        return when.date.isoformat()
    given = given_id(arxiv_id)
    digits = re.match(r"arxiv:(\d\d)(\d\d)\.", given.id) if given else None
    return f"20{digits[1]}-{digits[2]}" if digits else ""


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
