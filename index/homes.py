"""Where derived indexes live, and how one is replaced, so that a torn one is never opened.

In a store's folder::

    vectors/current.json   the stamp: which generation, built from which catalogue, how far
    vectors/dirty          a write to Chroma's files has begun and not ended
    vectors/<generation>/  Chroma's files
    lexical/...            the same for tantivy, which needs no ``dirty``: its commits are atomic
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from index.errors import ManifestMismatch
from index.lock import guarding
from index.server import Server
from index.stamp import IndexBroken, Stamp, read_stamp, sync_folder, write_stamp
from index.vectors import VectorIndex


class Generations:
    """A folder whose stamp names the subfolder in use; replacing the stamp swaps them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._current = folder / "current.json"

    def stamp(self) -> Stamp | None:
        """The stamp of the generation in use, or None where there is none."""
        stamp = read_stamp(self._current)
        return stamp if stamp and stamp.folder and self.path(stamp).is_dir() else None

    def path(self, stamp: Stamp) -> Path:
        """The folder of a generation."""
        return self.folder / stamp.folder

    def fresh(self, store: str, revision: int) -> Stamp:
        """A stamp for a new generation, whose empty folder is made."""
        stamp = Stamp(store, revision, uuid.uuid4().hex[:12])
        self.path(stamp).mkdir(parents=True)
        return stamp

    def use(self, stamp: Stamp) -> None:
        """Make this the generation in use; durable when it returns."""
        write_stamp(self._current, stamp)

    def sweep(self, keep: Stamp | None) -> None:
        """Remove all generations but one. Those that can't be removed now go the next time."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.is_dir() and (keep is None or path.name != keep.folder):
                shutil.rmtree(path, ignore_errors=True)


class VectorHome(Protocol):
    """Where vectors are kept. All but ``stamp`` and ``open`` need the store's write lock."""

    def stamp(self) -> Stamp | None:
        """What is there, or None for nothing that can be trusted."""

    def open(self, *, wait: float) -> VectorIndex:
        """Raises IndexBroken where there is nothing that can be trusted.

        Locked, if after ``wait`` seconds another process is still writing to it.
        """

    def writing(self) -> AbstractContextManager[None]:
        """Surrounds every change of the index in use, the change of its stamp included."""

    def use(self, index: VectorIndex, stamp: Stamp) -> None:
        """Note how far the index got; a new generation comes into use."""

    def fresh(self, store: str) -> tuple[VectorIndex, Stamp]:
        """A new and empty index, at revision 0."""

    def sweep(self) -> None:
        """Remove what is no longer in use."""

    def close(self) -> None:
        """Let go of connections."""


class FolderHome:
    """Embedded Chroma, in generations."""

    def __init__(self, folder: Path) -> None:
        self._generations = Generations(folder)
        self._dirty = folder / "dirty"
        self._guard = folder / "guard.lock"

    def stamp(self) -> Stamp | None:
        return None if self._dirty.exists() else self._generations.stamp()

    def open(self, *, wait: float) -> VectorIndex:
        self._generations.folder.mkdir(parents=True, exist_ok=True)
        with guarding(self._guard, wait=wait):
            stamp = self.stamp()
            if stamp is None:
                raise IndexBroken("the vectors have to be rebuilt from the catalogue")
            index = VectorIndex.open(self._generations.path(stamp))
            if index is None:
                raise IndexBroken("the vectors' folder holds no collection")
            try:
                index.warm()  # while guarded, since it is the first query that reads Chroma's files
            except BaseException:
                index.close()
                raise
            return index

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A process that dies in here leaves ``dirty`` behind, and lets go of the guard."""
        self._generations.folder.mkdir(parents=True, exist_ok=True)
        with guarding(self._guard, wait=30):
            self._dirty.touch()
            sync_folder(self._dirty.parent)
            yield
            self._dirty.unlink(missing_ok=True)

    def use(self, index: VectorIndex, stamp: Stamp) -> None:
        self._generations.use(stamp)

    def fresh(self, store: str) -> tuple[VectorIndex, Stamp]:
        stamp = self._generations.fresh(store, 0)
        index = VectorIndex.open(self._generations.path(stamp), create=True, stamp=stamp)
        if index is None:
            raise IndexBroken("Chroma made no collection")
        return index, stamp

    def sweep(self) -> None:
        self._generations.sweep(self._generations.stamp())
        for path in self._generations.folder.glob("*.new"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing: the folder is open only in what ``open`` and ``fresh`` returned."""


class ServerHome:
    """A collection on a Chroma server; its stamp is its metadata. Writes to it are idempotent."""

    def __init__(self, server: Server, store: str) -> None:
        self._server = server
        self._store = store
        self._index: VectorIndex | None = None

    def stamp(self) -> Stamp | None:
        index = self._connected()
        if index is None:
            return None
        stamp = index.stamp()
        if stamp is None or stamp.store != self._store:
            whose = f"to another store ({stamp.store[:8]})" if stamp else "to another program"
            raise ManifestMismatch(
                f"the collection at {self._server.name} belongs {whose}, not to this catalogue"
                f" ({self._store[:8]}): give the catalogue it was made with (PAPERCHAT_CATALOGUE),"
                " or another Chroma database"
            )
        return stamp

    def _connected(self) -> VectorIndex | None:
        """The one client, its collection looked up again."""
        if self._index is not None and not self._index.closed and self._index.reread():
            return self._index
        self.close()
        self._index = VectorIndex.open(self._server)
        return self._index

    def open(self, *, wait: float) -> VectorIndex:
        index = self._connected()
        if index is None:
            raise IndexBroken(f"there is no collection at {self._server.name}")
        return index

    def writing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def use(self, index: VectorIndex, stamp: Stamp) -> None:
        index.set_stamp(stamp)

    def fresh(self, store: str) -> tuple[VectorIndex, Stamp]:
        stamp = Stamp(store, 0)
        self.close()
        self._index = VectorIndex.open(self._server, create=True, stamp=stamp)
        if self._index is None:
            raise IndexBroken(f"Chroma made no collection at {self._server.name}")
        return self._index, stamp

    def sweep(self) -> None:
        """Nothing: a new collection took the old one's name."""

    def close(self) -> None:
        if self._index is not None and not self._index.closed:
            self._index.close()
        self._index = None
