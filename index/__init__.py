"""Papers in, passages out. The ground floor: it knows nothing of questions and models."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from index.errors import PaperchatError
from index.types import Chunk, Filters, Hit, Paper, Passage

if TYPE_CHECKING:
    from index.store import PaperIndex

__all__ = ["Chunk", "Filters", "Hit", "Paper", "PaperIndex", "PaperchatError", "Passage"]


def __getattr__(name: str) -> object:
    """``PaperIndex`` brings a database and numpy along: imported when it is first used."""
    if name == "PaperIndex":
        return import_module("index.store").PaperIndex
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
