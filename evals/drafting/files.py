"""Files of drafted cases: continued a line at a time, changed whole, one process at a time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from index.errors import ConfigError, IndexNotReady
from index.lock import guarding

_WAIT = 20.0  # seconds for another process's change, which takes milliseconds


def append(path: Path, line: str) -> None:
    """Adds a line, on the disk when this returns. Raises ConfigError where it can't be written."""
    with _held(path):
        try:
            with path.open("ab") as file:
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ConfigError(f"{path} can't be written: {error.strerror}") from error


def change(path: Path, changed: Callable[[bytes], bytes]) -> None:
    """Puts what ``changed`` makes of the file in its place, whole or not at all.

    Raises ConfigError where it can't be read or written, and what ``changed`` raises.
    """
    with _held(path):
        before = content(path)
        after = changed(before)
        if after != before:
            _put(path, after)


def content(path: Path) -> bytes:
    """All of the file. Raises ConfigError where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path} can't be read: {error.strerror}; name a file of cases"
        raise ConfigError(message) from error


def _put(path: Path, data: bytes) -> None:
    place = path.resolve()  # of a link, what it leads to is replaced
    partial = ""
    try:
        handle, partial = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).chmod(place.stat().st_mode & 0o777)
        Path(partial).replace(place)
    except OSError as error:
        if partial:
            Path(partial).unlink(missing_ok=True)
        raise ConfigError(f"{path} can't be written: {error.strerror}") from error


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Nobody else appends or changes meanwhile; the lock lies apart, not beside people's files."""
    name = hashlib.sha256(str(path.resolve()).encode(errors="surrogateescape")).hexdigest()[:16]
    folder = Path(platformdirs.user_cache_dir("paperchat", appauthor=False)) / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with guarding(folder / f"{name}.lock", wait=_WAIT):
            yield
    except IndexNotReady as error:
        raise ConfigError(f"{path} is being changed by another process; try again") from error
    except OSError as error:
        raise ConfigError(f"{folder}: no lock can be made there ({error.strerror})") from error
