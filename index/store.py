"""``PaperIndex``: one store of papers, its catalogue and the two indexes derived from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from index import rebuilding
from index.changes import delete as delete_papers
from index.chunking import Chunking, paper_of
from index.derived import Progress
from index.embedding import Embedder
from index.follower import Follower
from index.hybrid import Fusion
from index.ingest import Ingest
from index.lock import Locked, writing
from index.opening import Parts, open_parts
from index.places import sizes
from index.report import AddProgress, AddReport, StoreInfo
from index.searching import FUSION, Searcher
from index.types import Paper, Problem

__all__ = ["FUSION", "LOCK_WAIT", "PaperIndex", "paper_of"]

LOCK_WAIT = 2.0


class PaperIndex(Searcher):
    """Papers in, passages out. Safe to use from several threads; open it with ``open``.

    One process writes at a time; others read, and see its changes at their next question.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        embedder: Embedder | None,
        chunking: Chunking,
        fusion: Fusion,
        lock_wait: float,
    ) -> None:
        super().__init__(
            parts.location,
            parts.catalogue,
            parts.derived,
            embedder=embedder,
            chunking=chunking,
            fusion=fusion,
        )
        self._folder = parts.folder
        self._lock_wait = lock_wait
        self._write = threading.RLock()

    @classmethod
    def open(  # noqa: PLR0913 - what a store is opened with, each by name
        cls,
        location: str | Path | None = None,
        *,
        embedder: Embedder | None = None,
        chunking: Chunking | None = None,
        fusion: Fusion = FUSION,
        catalogue_url: str | None = None,
        chroma_key: str | None = None,
        create: bool = True,
        lock_wait: float = LOCK_WAIT,
        progress: Progress | None = None,
    ) -> Self:
        """Open the store at a folder, ``http://host:port`` or ``cloud:``; None: the user's own.

        ``embedder`` None takes the one that the store was built with, when it is needed.
        ``chunking``: the store's, and of papers that are added; ``fusion``: how searches weigh.
        ``progress`` is told (done, total) chunks while a damaged index is rebuilt.

        Raises IndexNotReady (none there and ``create`` False; unreachable; damaged),
        ManifestMismatch (another embedder, chunking or schema; another store's collection),
        ConfigError (a location that means nothing).
        """
        parts = open_parts(
            location, catalogue_url=catalogue_url, chroma_key=chroma_key, create=create
        )
        index = cls(
            parts,
            embedder=embedder,
            chunking=chunking or Chunking(),
            fusion=fusion,
            lock_wait=lock_wait,
        )
        try:
            if embedder is not None:
                index._check_manifest(embedder)
            index._repair(progress)
        except BaseException:
            index.close()
            raise
        return index

    def _repair(self, progress: Progress | None) -> None:
        """Rebuild or catch up what a look at the stamps shows to be missing."""
        if self._derived.intact():
            return
        try:
            with writing(self._folder, wait=0):
                self._derived.sync(check=True, progress=progress)
        except Locked:
            pass  # its owner is at it; until then searches use what there is

    def close(self) -> None:
        """Let go of files and connections. The store can be opened again at any time."""
        self._derived.close()
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PaperIndex({self.location!r})"

    def add(
        self,
        papers: Iterable[Paper | Problem],
        *,
        progress: Callable[[AddProgress], None] | None = None,
        dry_run: bool = False,
    ) -> AddReport:
        """Add, update and merge papers; problems among them go into the report.

        Each batch is durable once ``progress`` names its ids as committed; a run that breaks
        off loses nothing of what was committed. Unchanged papers are not embedded again.
        Raises IndexNotReady while another process writes, ModelError where embedding fails.
        """
        embedder = self.embedder
        total = len(papers) if isinstance(papers, Sized) else None
        if dry_run:
            ingest = Ingest(
                self._catalogue,
                embedder,
                self._chunking,
                committed=lambda _: None,
                progress=progress,
                dry_run=True,
            )
            return ingest.run(papers, total)
        with self._writing(), Follower(self._derived) as follower:
            ingest = Ingest(
                self._catalogue,
                embedder,
                self._chunking,
                committed=lambda _: follower.follow(),
                progress=progress,
            )
            return ingest.run(papers, total)

    def delete(self, ids: Iterable[str]) -> list[str]:
        """Delete papers; returns the ids of those that were there.

        Raises IndexNotReady while another process writes, ConfigError for half a surrogate pair.
        """
        with self._writing():
            gone = delete_papers(self._catalogue, list(ids))
            if gone:
                self._forget()
                self._derived.sync()
            return gone

    def rebuild(
        self, embedder: Embedder | None = None, *, progress: Progress | None = None
    ) -> None:
        """Chunk and embed all papers anew with this embedder, and build both indexes anew.

        Breaking off changes nothing; calling it again with the same embedder goes on from
        there. ``progress`` is told (done, total) papers, then chunks.
        """
        embedder = embedder or self.embedder
        with self._writing(sync=False):
            rebuilding.rebuild(self._catalogue, embedder, self._chunking, progress)
            self._embedder = embedder
            self._forget()
            self._derived.rebuild(progress)

    @contextmanager
    def _writing(self, *, sync: bool = True) -> Iterator[None]:
        with self._write, writing(self._folder, wait=self._lock_wait):
            self._catalogue.add_tables()
            if sync:
                derived = self._derived
                derived.sync(check=derived.vectors is None and not derived.intact())
            try:
                yield
            finally:
                self._forget()

    def info(self) -> StoreInfo:
        """What is in the store, what it was built with, how large it is."""
        manifest, facets = self._catalogue.manifest(), self._catalogue.facets()
        return StoreInfo(
            location=self.location,
            papers=facets.papers,
            chunks=facets.chunks,
            embedder=manifest.embedder,
            dimension=manifest.dimension,
            chunking=manifest.chunking,
            schema=manifest.schema,
            revision=manifest.revision,
            first_date=facets.first_date,
            last_date=facets.last_date,
            pages=facets.pages,
            bytes=sizes(self._folder),
        )
