"""JSON and JSON Lines with obvious field names: title, abstract or summary, id, date, authors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.readers import fields
from index.readers.json_source import objects
from index.readers.record import Item, papers
from index.readers.source import Head
from index.types import Problem


def recognises(head: Head) -> bool:
    """Starts as JSON does."""
    rest = head.start[1:].lstrip()
    opens = {"{": ('"', "}", ""), "[": ("{", "]", "")}.get(head.start[:1])
    return opens is not None and rest[:1] in opens


def read(path: Path) -> Iterator[Item]:
    """One paper an object."""
    for found in objects(path):
        if isinstance(found, Problem):
            yield found
        else:
            yield from papers(found.place, fields.record(found.value))
