"""Spellings of a folder's path, so that each client of Chroma gets one of its own.

Chroma hands out one shared client for each spelling of a path; with a spelling that no open
client uses, each gets a client that has read the folder as it is now.
"""

from __future__ import annotations

import threading
from pathlib import Path

_used: set[str] = set()
_lock = threading.Lock()


def take(folder: Path) -> str:
    """The shortest spelling of the path that is not in use; it is, until it is given back."""
    with _lock:
        spelling = f"{folder}/"
        while spelling in _used:
            spelling += "./"
        _used.add(spelling)
        return spelling


def give_back(spelling: str) -> None:
    """Let another client have it. One that is not in use doesn't matter."""
    with _lock:
        _used.discard(spelling)
