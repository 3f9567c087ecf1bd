"""The two derived indexes of a store, kept equal to its catalogue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from index.catalogue import Catalogue, StoredChunks
from index.embedding import Vectors
from index.homes import Generations, VectorHome
from index.lexical import LexicalIndex
from index.lock import Locked, writing
from index.stamp import IndexBroken, Stamp
from index.vectors import VectorIndex

Progress = Callable[[int, int], None]
"""(chunks done, chunks in all)"""

_LOOK_AGAIN = 0.25  # seconds between looks at an index that another process is still writing


class Derived:
    """Vectors and words, built from the catalogue and stamped with its revision.

    ``sync`` writes and needs the store's write lock; ``refresh`` reads, and repairs if nobody
    else holds that lock. Searches use what was opened last.
    """

    def __init__(self, catalogue: Catalogue, store: str, folder: Path, vectors: VectorHome) -> None:
        self._catalogue = catalogue
        self._store = store
        self._folder = folder
        self._home = vectors
        self._words = Generations(folder / "lexical")
        self._vectors: VectorIndex | None = None
        self._vector_stamp: Stamp | None = None
        self._lexical: LexicalIndex | None = None
        self._lexical_stamp: Stamp | None = None
        self._behind = False
        self._looked = 0.0
        self._mutex = threading.RLock()

    @property
    def vectors(self) -> VectorIndex | None:
        """Vectors as opened last; None before the first paper, or when they can't be opened."""
        return self._vectors

    @property
    def lexical(self) -> LexicalIndex | None:
        """Words as opened last; None before the first paper."""
        return self._lexical

    def close(self) -> None:
        """Let go of both."""
        with self._mutex:
            self._put_vectors(None, None)
            self._home.close()
            self._lexical = self._lexical_stamp = None

    def intact(self) -> bool:
        """Whether the stamps say that nothing is missing. Imports no vendor package."""
        revision = self._catalogue.revision()
        stamps = self._home.stamp(), self._words.stamp()
        return revision == 0 or all(
            stamp is not None and self._matches(stamp) and stamp.revision == revision
            for stamp in stamps
        )

    @property
    def opened(self) -> bool:
        """Whether either was opened."""
        return self._vectors is not None or self._lexical is not None

    def complete(self) -> bool:
        """Whether a search now sees all that the catalogue has. Opens nothing.

        Vectors that can't be had just now are none that are missing: searches then compare with
        those of the catalogue.
        """
        if not self.opened:
            return self.intact()
        revision = self._catalogue.revision()
        stamps = [self._lexical_stamp] + [self._vector_stamp] * (self._vectors is not None)
        return revision == 0 or all(s is not None and s.revision == revision for s in stamps)

    def refresh(self, *, force: bool = False) -> None:
        """Open, reopen or repair what lags behind the catalogue, as far as that can be done now."""
        now = time.monotonic()
        if not force and self._behind and now - self._looked < _LOOK_AGAIN:
            return
        if not self._mutex.acquire(blocking=force):
            self._behind = True  # another thread is at it
            return
        try:
            self._looked = now
            with writing(self._folder, wait=0):
                self.sync(check=self._vectors is None)
        except Locked:
            self._reopen()
            self._behind = True
        finally:
            self._mutex.release()

    @property
    def behind(self) -> bool:
        """Whether another process was writing when last looked."""
        return self._behind

    def _reopen(self) -> None:
        """Read what another process wrote; keep what is open where that isn't possible."""
        try:
            stamp = self._home.stamp()
            if stamp is not None and stamp != self._vector_stamp and self._matches(stamp):
                self._put_vectors(self._home.open(wait=0.2), stamp)
        except (IndexBroken, Locked):
            pass  # it is being rebuilt; the next look finds it
        self._reopen_lexical()

    def _reopen_lexical(self) -> None:
        stamp = self._words.stamp()
        if stamp is None or stamp == self._lexical_stamp or not self._matches(stamp):
            return
        try:
            known = self._lexical_stamp
            if self._lexical is not None and known and known.folder == stamp.folder:
                self._lexical.reload()
            else:
                self._lexical = LexicalIndex.open(self._words.path(stamp))
            self._lexical_stamp = stamp
        except IndexBroken:
            self._lexical, self._lexical_stamp = None, None

    def sync(self, *, check: bool = False, progress: Progress | None = None) -> None:
        """Bring both up to the catalogue's revision. The caller holds the write lock.

        ``check``: first see whether stored vectors can be found. Without it nothing is opened
        where the stamps say that nothing is missing: importing Chroma alone takes most of a second.
        """
        with self._mutex:
            if not self.opened and not check and self.intact():
                return
            self.sync_vectors(check=check, progress=progress)
            self.sync_lexical()
            self._behind = False

    def sync_vectors(self, *, check: bool = False, progress: Progress | None = None) -> None:
        """Bring the vectors up to date; rebuild them where they can't be trusted."""
        with self._mutex:
            revision = self._catalogue.revision()
            stamp = self._home.stamp()
            if revision == 0 and stamp is None:
                return
            try:
                if stamp is None or not self._matches(stamp) or stamp.revision > revision:
                    raise IndexBroken("the vectors were not built from this catalogue")
                index = self._current_vectors(stamp)
                if stamp.revision < revision:
                    stamp = self._catch_up(index, stamp, revision)
                    self._vector_stamp = stamp
                if check:
                    self._check(index)
            except IndexBroken:
                self._rebuild_vectors(progress)

    def _current_vectors(self, stamp: Stamp) -> VectorIndex:
        if self._vectors is None or stamp != self._vector_stamp:
            self._put_vectors(self._home.open(wait=30), stamp)
        if self._vectors is None:
            raise IndexBroken("the vectors are closed")
        return self._vectors

    def _put_vectors(self, index: VectorIndex | None, stamp: Stamp | None) -> None:
        old, self._vectors, self._vector_stamp = self._vectors, index, stamp
        if old is not None and old is not index and not old.closed:
            old.close()

    def _catch_up(self, index: VectorIndex, stamp: Stamp, revision: int) -> Stamp:
        chunk_ids, _ = self._catalogue.removed_since(stamp.revision)
        reached = Stamp(stamp.store, revision, stamp.folder)
        with self._home.writing():
            index.delete(chunk_ids)
            for papers in self._catalogue.texts_changed_since(stamp.revision):
                _upsert(index, papers)
            self._home.use(index, reached)
        return reached

    def _rebuild_vectors(self, progress: Progress | None) -> None:
        self._put_vectors(None, None)
        revision, total, done = self._catalogue.revision(), self._catalogue.chunk_count(), 0
        index, stamp = self._home.fresh(self._store)
        try:
            for papers in self._catalogue.texts_changed_since(0):
                done += _upsert(index, papers)
                if progress is not None:
                    progress(done, max(done, total))
            reached = Stamp(stamp.store, revision, stamp.folder)
            with self._home.writing():
                self._home.use(index, reached)
        except BaseException:
            index.close()
            raise
        self._put_vectors(index, reached)
        self._home.sweep()

    def _check(self, index: VectorIndex) -> None:
        """Raises IndexBroken unless the rows are complete and stored vectors find themselves."""
        count = self._catalogue.chunk_count()
        if index.count() != count:
            raise IndexBroken(f"{index.count()} vectors in place of {count}")
        found = 0
        samples = self._catalogue.sample_vectors()
        for vector in samples:
            hits = index.query(vector, min(10, count))
            found += bool(hits) and hits[0][1] > 0.99 and 2 * len(hits) >= min(10, count)
        if 2 * found < len(samples):
            raise IndexBroken("stored vectors don't find themselves")

    def sync_lexical(self) -> None:
        """Bring the words up to date; rebuild them where they can't be trusted."""
        with self._mutex:
            revision = self._catalogue.revision()
            stamp = self._words.stamp()
            if revision == 0 and stamp is None:
                return
            try:
                if stamp is None or not self._matches(stamp) or stamp.revision > revision:
                    raise IndexBroken("the words were not built from this catalogue")
                self._reopen_lexical()
                if self._lexical is None:
                    raise IndexBroken("the words can't be opened")
                if stamp.revision < revision:
                    self._fill_lexical(self._lexical, stamp, revision)
                if self._lexical.count() != self._catalogue.count():
                    raise IndexBroken("papers are missing among the words")
            except IndexBroken:
                fresh = self._words.fresh(self._store, 0)
                lexical = LexicalIndex.create(self._words.path(fresh))
                self._fill_lexical(lexical, fresh, revision)
                self._words.sweep(self._lexical_stamp)

    def _fill_lexical(self, lexical: LexicalIndex, since: Stamp, revision: int) -> None:
        _, gone = self._catalogue.removed_since(since.revision)
        steps = self._catalogue.texts_changed_since(since.revision)
        lexical.update((stored.paper for step in steps for stored in step), gone)
        reached = Stamp(since.store, revision, since.folder)
        self._words.use(reached)
        self._lexical, self._lexical_stamp = lexical, reached

    def _matches(self, stamp: Stamp | None) -> bool:
        return stamp is not None and stamp.store == self._store

    def repair(self, broken: VectorIndex | LexicalIndex) -> None:
        """Replace an index that failed a query, unless another thread or process does."""
        with self._mutex:
            if broken is self._vectors:
                self._put_vectors(None, None)
            elif broken is self._lexical:
                self._lexical = self._lexical_stamp = None
            self.refresh(force=True)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build both anew, whatever is there. The caller holds the write lock."""
        with self._mutex:
            self._rebuild_vectors(progress)
            self.sync_lexical()


def _upsert(index: VectorIndex, papers: list[StoredChunks]) -> int:
    """Returns the number of chunks written."""
    chunks = [chunk for stored in papers for chunk in stored.chunks]
    if chunks:
        vectors: Vectors = np.concatenate([s.vectors for s in papers if s.chunks])
        index.upsert(chunks, vectors)
    return len(chunks)
