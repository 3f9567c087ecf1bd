"""What a derived index says of itself, and how small files are replaced without ever being torn."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import IndexNotReady


class IndexBroken(IndexNotReady):
    """A derived index can't be used as it is. The store rebuilds it from the catalogue."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which catalogue a derived index was built from, how far, and in which folder it lies."""

    store: str
    revision: int
    folder: str = ""


def read_stamp(path: Path) -> Stamp | None:
    """The stamp in a file, or None where there is none that can be read."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(str(fields["store"]), int(fields["revision"]), str(fields["folder"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Replace the file in one step; on disk when this returns."""
    write_atomically(path, json.dumps(asdict(stamp)))


def write_atomically(path: Path, text: str) -> None:
    """Readers see the old text or the new one, never a part; on disk when this returns."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make created, renamed and removed names in a folder survive a power cut."""
    if os.name == "nt":  # Windows can't open folders, and needs no such call
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
