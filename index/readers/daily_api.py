"""JSON of the Hugging Face Daily Papers API: a list of ``{"paper": {...}, "publishedAt": ...}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from index.readers import fields
from index.readers.json_source import objects
from index.readers.record import Item, Record, papers
from index.readers.source import Head
from index.types import Problem

_PAPER = re.compile(r'"paper"\s*:\s*\{')
_COUNTS = {"numComments": "comments", "upvotes": "upvotes"}


def recognises(head: Head) -> bool:
    """JSON in which a record holds its paper in an object of its own."""
    return head.start.startswith(("[", "{")) and _PAPER.search(head.text) is not None


def read(path: Path) -> Iterator[Item]:
    """One paper an entry. Dates are those of the paper, not of its day on the list."""
    for found in objects(path):
        if isinstance(found, Problem):
            yield found
            continue
        yield from papers(found.place, _record(found.value))


def _record(entry: Mapping[str, object]) -> Record:
    inner = entry.get("paper")
    paper = inner if isinstance(inner, Mapping) else {}
    both = {**entry, **{key: value for key, value in paper.items() if value not in (None, "", [])}}
    record = fields.record(both)
    counts = {name: fields.text(both.get(key)) for key, name in _COUNTS.items()}
    extra = {**record.extra, **{name: count for name, count in counts.items() if count}}
    return replace(record, extra=extra)
