"""One writing process at a time, and a message that names it."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexNotReady


class Locked(IndexNotReady):
    """Another process (or thread) is writing to the store."""


@contextmanager
def writing(folder: Path, *, wait: float) -> Iterator[None]:
    """Hold the store's write lock; raises Locked, naming the owner, after ``wait`` seconds."""
    lock = FileLock(str(folder / "write.lock"), thread_local=False)
    owner = folder / "write.lock.json"
    try:
        lock.acquire(timeout=wait, poll_interval=0.05)
    except Timeout as error:
        raise Locked(f"the store in {folder} is being written by {_describe(owner)}") from error
    except OSError as error:
        raise Locked(f"the store in {folder} can't be locked for writing: {error}") from error
    try:
        owner.write_text(json.dumps(_myself()), encoding="utf-8")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


@contextmanager
def guarding(path: Path, *, wait: float) -> Iterator[None]:
    """Hold a short-lived lock on a file; raises Locked after ``wait`` seconds."""
    lock = FileLock(str(path), thread_local=False)
    try:
        lock.acquire(timeout=wait, poll_interval=0.01)
    except Timeout as error:
        raise Locked(f"{path} has been locked for {wait:g} seconds; try again") from error
    try:
        yield
    finally:
        lock.release()


def _myself() -> dict[str, str | int]:
    command = " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:2]])
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": command[:120],
    }


def _describe(owner: Path) -> str:
    """The owner in words; it may have let go, or not yet have written its name."""
    try:
        fields = json.loads(owner.read_text(encoding="utf-8"))
        return (
            f"process {fields['pid']} on {fields['host']} since {fields['since']}"
            f" ({fields['command']}); wait until it is done, or end it, and try again"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "another process; wait until it is done and try again"
