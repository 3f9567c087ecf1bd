"""What adding papers did, and what a store holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from index.types import Problem


@dataclass(frozen=True, slots=True)
class AddProgress:
    """Where an ingest is. ``committed`` are the ids that the last commit made durable.

    ``seen`` counts papers read, ``total`` is their number where it is known.
    """

    seen: int
    added: int
    updated: int
    unchanged: int
    merged: int
    rejected: int
    total: int | None = None
    committed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddReport:
    """Papers, each counted once as added, updated or unchanged.

    ``merged`` counts further sightings that were merged into a paper of the same run, and
    papers that took over the record of one that had no id of its own. ``rejected`` and
    ``notes`` say what was wrong, and where.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; problems as lines of text."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "merged": self.merged,
            "rejected": [str(problem) for problem in self.rejected],
            "notes": [str(problem) for problem in self.notes],
        }


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds. ``bytes`` are sizes on disk by part; ``pages`` are paper counts."""

    location: str
    papers: int
    chunks: int
    embedder: str | None
    dimension: int | None
    chunking: str | None
    schema: int
    revision: int
    first_date: dt.date | None
    last_date: dt.date | None
    pages: Mapping[str, int] = field(default_factory=dict)
    bytes: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "location": self.location,
            "papers": self.papers,
            "chunks": self.chunks,
            "embedder": self.embedder,
            "dimension": self.dimension,
            "chunking": self.chunking,
            "schema": self.schema,
            "revision": self.revision,
            "first_date": self.first_date.isoformat() if self.first_date else None,
            "last_date": self.last_date.isoformat() if self.last_date else None,
            "pages": dict(self.pages),
            "bytes": dict(self.bytes),
        }
