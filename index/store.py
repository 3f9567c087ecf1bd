"""``PaperIndex``: one store of papers, its catalogue and the two indexes derived from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from index import rebuilding
from index.cache import PaperCache, chunks_size
from index.catalogue import Catalogue, Manifest, StoredChunks
from index.changes import delete as delete_papers
from index.chunking import Chunking
from index.derived import Derived, Progress, nearest_exactly
from index.embedding import (
    DEFAULT_EMBEDDER,
    Embedder,
    QuestionTokens,
    Vectors,
    load_embedder,
    token_embedder,
)
from index.errors import ManifestMismatch
from index.follower import Follower
from index.homes import FolderHome, ServerHome, VectorHome
from index.hybrid import Fusion, compare, fuse, ranking, to_hits, with_late
from index.ingest import Ingest
from index.interaction import LateInteraction
from index.late import TokenMatch
from index.lock import Locked, writing
from index.places import CATALOGUE, make, nothing, place, sizes
from index.report import AddProgress, AddReport, StoreInfo
from index.stamp import IndexBroken
from index.types import Filters, Hit, Paper, Problem

LOCK_WAIT = 2.0
FUSION = Fusion()
CACHE_BYTES = 64 * 2**20
_EXACT_UP_TO = 1_000  # papers: below it comparing with each vector beats a filtered search


class PaperIndex:
    """Papers in, passages out. Safe to use from several threads; open it with ``open``.

    One process writes at a time; others read, and see its changes at their next question.
    """

    def __init__(
        self,
        folder: Path,
        location: str,
        catalogue: Catalogue,
        derived: Derived,
        *,
        embedder: Embedder | None,
        chunking: Chunking,
        lock_wait: float,
    ) -> None:
        self.location = location
        self._folder = folder
        self._catalogue = catalogue
        self._embedder = embedder
        self._chunking = chunking
        self._lock_wait = lock_wait
        self._derived = derived
        self._cache = PaperCache(catalogue.stored_chunks, chunks_size, CACHE_BYTES)
        self._late = LateInteraction(catalogue, chunking, lambda: self.embedder)
        self._write = threading.RLock()
        self._dimension: int | None = None  # the manifest's, when an embedder was last checked
        self._looking = threading.Lock()
        self._news = 0  # times that a commit was noticed, and how many of them were taken in
        self._taken_in = 0

    @classmethod
    def open(
        cls,
        location: str | Path | None = None,
        *,
        embedder: Embedder | None = None,
        chunking: Chunking | None = None,
        catalogue_url: str | None = None,
        chroma_key: str | None = None,
        create: bool = True,
        lock_wait: float = LOCK_WAIT,
        progress: Progress | None = None,
    ) -> Self:
        """Open the store at a folder, ``http://host:port`` or ``cloud:``; None: the user's own.

        ``embedder`` None takes the one that the store was built with, when it is needed.
        ``progress`` is told (done, total) chunks while a damaged index is rebuilt.

        Raises IndexNotReady (none there and ``create`` False; unreachable; damaged),
        ManifestMismatch (another embedder, chunking or schema; another store's collection),
        ConfigError (a location that means nothing).
        """
        folder, server = place(location, chroma_key)
        file = folder / CATALOGUE
        if not create and catalogue_url is None and not file.exists():
            raise nothing(folder)
        make(folder)
        catalogue = Catalogue.open(catalogue_url or file, create=create)
        try:
            store = catalogue.manifest().store
            home: VectorHome = (
                FolderHome(folder / "vectors") if server is None else ServerHome(server, store)
            )
        except BaseException:
            catalogue.close()
            raise
        index = cls(
            folder,
            str(folder) if server is None else server.name,
            catalogue,
            Derived(catalogue, store, folder, home),
            embedder=embedder,
            chunking=chunking or Chunking(),
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

    # Writing

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
        """Delete papers; returns the ids of those that were there."""
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

    def _forget(self) -> None:
        self._cache.clear()
        self._late.clear()

    # Exact questions

    def get(self, paper_id: str) -> Paper | None:
        """The paper, or None."""
        return self._catalogue.get(paper_id)

    def get_many(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """Those of the papers that are there, in the order asked for."""
        return self._catalogue.get_many(paper_ids)

    def count(self, filters: Filters | None = None) -> int:
        """The number of papers that meet the conditions."""
        return self._catalogue.count(filters)

    def ids(self, filters: Filters | None = None) -> list[str]:
        """The ids of the papers that meet the conditions, sorted."""
        return self._catalogue.ids(filters)

    def query(
        self,
        filters: Filters | None = None,
        *,
        order: str = "date",
        descending: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Paper]:
        """The papers that meet the conditions, in order of date, title, n_authors or id."""
        return self._catalogue.query(
            filters, order=order, descending=descending, limit=limit, offset=offset
        )

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

    # Searching

    @property
    def embedder(self) -> Embedder:
        """The store's embedder, loaded when it is first asked for. Raises ManifestMismatch."""
        if self._embedder is None:
            embedder = load_embedder(self._catalogue.manifest().embedder or DEFAULT_EMBEDDER)
            self._check_manifest(embedder)
            self._embedder = embedder
        return self._embedder

    @property
    def identity(self) -> str:
        """Drawn when the store was made: another store at the same place has another one."""
        return self._catalogue.manifest().store

    @property
    def revision(self) -> int:
        """Counts the commits that changed papers."""
        return self._catalogue.revision()

    def warm(self) -> None:
        """Open and load what the first search would."""
        self.refresh()

    def refresh(self) -> None:
        """See what other processes committed. Costs microseconds when nothing was.

        Raises IndexNotReady, or ManifestMismatch where the store was rebuilt with something
        else; and raises again at each later call until the cause is gone.
        """
        with self._looking:
            self._news += self._catalogue.changed()
            news = self._news
        if news != self._taken_in:
            self._forget()
            if self._embedder is not None:
                self._check_manifest(self._embedder)
            self._derived.refresh()
            # Only now: what failed above must be tried again, changed() tells of it just once.
            self._taken_in = max(news, self._taken_in)
        elif self._derived.behind:
            self._derived.refresh()

    def nearest(
        self, vector: Vectors, n: int, paper_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """(chunk id, cosine similarity), best first, of the ``n`` nearest chunks.

        ``vector``: shape (dimension,), length 1. ``paper_ids``: only chunks of these papers.
        A hit's paper may be gone from the catalogue while another process is writing.
        Raises ManifestMismatch for a vector of another dimension.
        """
        self.refresh()
        if self._dimension is not None and vector.shape != (self._dimension,):
            raise ManifestMismatch(
                f"a vector of {vector.size} numbers, where the store at {self.location} has"
                f" {self._dimension} each: its embedder changed; paperchat index --rebuild helps"
            )
        if paper_ids is None:
            return self._nearest(vector, n)
        if len(paper_ids) <= _EXACT_UP_TO:
            return self._nearest_of(vector, n, paper_ids)
        wanted, total, width = set(paper_ids), self._catalogue.chunk_count(), 4 * n
        while True:
            found = self._nearest(vector, min(width, total))
            hits = [hit for hit in found if paper_of(hit[0]) in wanted]
            if len(hits) >= n or width >= total:
                return hits[:n]
            width *= 4

    def _nearest_of(
        self, vector: Vectors, n: int, paper_ids: Sequence[str]
    ) -> list[tuple[str, float]]:
        hits: list[tuple[str, float]] = []
        for stored in self._cache.get_many(paper_ids).values():
            scores = stored.vectors @ vector
            hits += [(c.id, float(s)) for c, s in zip(stored.chunks, scores, strict=True)]
        return sorted(hits, key=lambda hit: -hit[1])[:n]

    def _nearest(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        for _ in range(2):
            vectors = self._derived.vectors
            if vectors is None:
                break
            try:
                return vectors.query(vector, n)
            except IndexBroken:
                self._derived.repair(vectors)
        return nearest_exactly(self._catalogue, vector, n)

    def matching(self, text: str, n: int, **boosts: float) -> list[tuple[str, float]]:
        """(paper id, BM25 score), best first, of the ``n`` papers that match the words best.

        ``boosts``: ``title_boost`` and ``joined_boost`` of ``LexicalIndex.query``.
        """
        self.refresh()
        for _ in range(2):
            lexical = self._derived.lexical
            if lexical is None:
                break
            try:
                return lexical.query(text, n, **boosts)
            except IndexBroken:
                self._derived.repair(lexical)
        return []

    def stored(self, paper_ids: Sequence[str]) -> list[StoredChunks]:
        """Each paper with its chunks and their vectors; from memory when warm."""
        self.refresh()
        return list(self._cache.get_many(paper_ids).values())

    def search(self, text: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The ``k`` best papers for a question, each with its passages, best first.

        See ``index.hybrid`` for how vectors, BM25 and late interaction are fused.
        """
        if not text.strip() or k < 1:
            return []
        vector, question = self._question(text)
        allowed = set(self.ids(filters)) if filters else None
        pool = max(FUSION.pool, 4 * k)
        near = self.nearest(vector, pool, sorted(allowed) if allowed is not None else None)
        # BM25 can't filter by id: with a filter, everything that matches is fetched first.
        matches = self.matching(text, pool if allowed is None else max(self.count(), 1))
        lexical = {i: s for i, s in matches if allowed is None or i in allowed}
        found = {paper_of(chunk_id) for chunk_id, _ in near} | set(lexical)
        stored = self._cache.get_many(sorted(found))
        candidates = compare(vector, list(stored.values()), lexical)
        scores = fuse(candidates, FUSION)
        if question is None:
            return to_hits(candidates, scores, k)
        places = ranking(candidates, scores)[: FUSION.compared]
        ids = {candidates.papers[place].paper.id: place for place in places}
        known = self._late.scores(question, list(ids))
        late = {ids[paper_id]: score for paper_id, score in known.items()}
        return to_hits(candidates, with_late(scores, late, FUSION), k, late)

    def _question(self, text: str) -> tuple[Vectors, QuestionTokens | None]:
        """Its vector, and its word pieces if the store's embedder tells them."""
        if token_embedder(self.embedder) is None:
            return self.embedder.embed([text])[0], None
        question = self._late.question(text)
        return question.vector, question

    def late_scores(self, text: str, paper_ids: Sequence[str]) -> dict[str, float]:
        """``late`` of ``index.late``, in [0, 1], of those of the papers that are there."""
        self.refresh()
        return self._late.scores(self._late.question(text), paper_ids)

    def token_matches(self, question: str, paper_ids: Sequence[str]) -> dict[str, TokenMatch]:
        """The question's word pieces beside those of each of the papers that are there.

        For papers that were just searched with the same question this takes microseconds; where
        the store has no pieces (``index.late``) the bundled embedder works them out, in some
        tens of milliseconds a paper, and they are kept for the next time.
        """
        self.refresh()
        return self._late.matches(question, paper_ids)

    # Opening

    def _check_manifest(self, embedder: Embedder) -> None:
        manifest = self._catalogue.manifest()
        _check(manifest, embedder, self._chunking, self.location)
        self._dimension = manifest.dimension

    def _repair(self, progress: Progress | None) -> None:
        """Rebuild or catch up what a look at the stamps shows to be missing."""
        if self._derived.intact():
            return
        try:
            with writing(self._folder, wait=0):
                self._derived.sync(check=True, progress=progress)
        except Locked:
            pass  # its owner is at it; until then searches use what there is


def paper_of(chunk_id: str) -> str:
    """The id of a chunk's paper."""
    return chunk_id.rpartition("#")[0]


def _check(manifest: Manifest, embedder: Embedder, chunking: Chunking, location: str) -> None:
    # Not the dimension: a remote embedder would have to ask its endpoint. The fingerprint
    # stands for it, and `nearest` and the commits look at the vectors themselves.
    if manifest.fingerprint is None:
        return
    if manifest.fingerprint != embedder.fingerprint:
        was, now = manifest.embedder, embedder.spec
        what = f"embedder {was}, not {now}" if was != now else f"another version of embedder {was}"
    elif manifest.chunking != chunking.name:
        what = f"chunking {manifest.chunking}, not {chunking.name}"
    else:
        return
    raise ManifestMismatch(
        f"the store at {location} was built with {what}:"
        " rebuild it with paperchat index --rebuild, or open it with what it was built with"
    )
