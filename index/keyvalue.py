"""A small file of texts by key, for what can be made again: bounded, and never an error."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
_WAIT = 1.0  # seconds for another process's write; after that, a value is simply not kept
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, "
    "digest TEXT NOT NULL, bytes INTEGER NOT NULL, used REAL NOT NULL) WITHOUT ROWID"
)

_OLDEST = "SELECT key, CAST(bytes AS INTEGER) FROM entries ORDER BY used, key"
_PASSING = {  # it may be better another time; anything else says that the file is damaged
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


class KeyValueFile:
    """Texts by key in one SQLite file that several processes and threads may share.

    Where the file can't be read, is damaged or locked, there is nothing in it; a damaged one is
    made anew. At most ``most_bytes`` of values are kept: those that were used longest ago go.
    """

    def __init__(
        self, path: Path, *, most_bytes: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = path
        self._most = most_bytes
        self._clock = clock
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        """The text of a key as it was put, or None."""

        def read(connection: sqlite3.Connection) -> str | None:
            found = connection.execute(
                "SELECT value, digest FROM entries WHERE key = ?", (key,)
            ).fetchone()
            if found is None or _digest(str(found[0])) != found[1]:
                return None
            connection.execute("UPDATE entries SET used = ? WHERE key = ?", (self._clock(), key))
            return str(found[0])

        return self._do(read) if self._path.exists() else None

    def put(self, key: str, value: str) -> None:
        """Keeps a text, if it can; one that is larger than the file may be is not kept."""
        size = len(key) + len(value.encode("utf-8", "surrogatepass"))
        if size > self._most:
            return

        def write(connection: sqlite3.Connection) -> None:
            row = (key, value, _digest(value), size, self._clock())
            connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", row)
            (total,) = connection.execute("SELECT TOTAL(bytes) FROM entries").fetchone()
            oldest = connection.execute(_OLDEST)
            for old, freed in oldest.fetchall() if total > self._most else ():
                connection.execute("DELETE FROM entries WHERE key = ?", (old,))
                total -= freed
                if total <= self._most:
                    break

        self._do(write)

    def _do(self, action: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """The action's result in a transaction of its own; None where the file doesn't let it."""
        with self._lock:
            try:
                return self._attempt(action)
            except (OSError, UnicodeError):
                return None
            except sqlite3.Error as error:
                code = getattr(error, "sqlite_errorcode", None)
                if code is None or code & 0xFF not in _PASSING:
                    self._remove()
                return None

    def _attempt(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)  # it holds what was asked: for nobody else
        with closing(sqlite3.connect(self._path, timeout=_WAIT)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # after a power cut it may be empty
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_SCHEMA)
            return action(connection)

    def _remove(self) -> None:
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink()


def _digest(value: str) -> str:
    """Tells a value that was damaged on the disk from the one that was put."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
