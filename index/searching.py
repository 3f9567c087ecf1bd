"""Searches over a store: by meaning, by words, and by both with late interaction on top."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from index.cache import PaperCache, chunks_size
from index.catalogue import Catalogue, StoredChunks
from index.centroids import centroids
from index.chunking import Chunking, paper_of
from index.derived import Derived
from index.embedding import (
    DEFAULT_EMBEDDER,
    Embedder,
    QuestionTokens,
    Vectors,
    load_embedder,
    token_embedder,
)
from index.errors import ManifestMismatch
from index.exact import ExactQuestions
from index.hybrid import Fusion, compare, fuse, ranking, to_hits, with_late
from index.interaction import LateInteraction
from index.late import TokenMatch
from index.manifest import check
from index.nearest import Near, Nearest
from index.stamp import IndexBroken
from index.types import Filters, Hit

FUSION = Fusion()
CACHE_BYTES = 64 * 2**20


class Searcher(ExactQuestions):
    """Answers from what is in a store now, whoever wrote it. Safe to use from several threads."""

    def __init__(
        self,
        location: str,
        catalogue: Catalogue,
        derived: Derived,
        *,
        embedder: Embedder | None,
        chunking: Chunking,
        fusion: Fusion = FUSION,
    ) -> None:
        super().__init__(catalogue.reading)
        self.location = location
        self._catalogue = catalogue
        self._derived = derived
        self._embedder = embedder
        self._chunking = chunking
        self.fusion = fusion
        self._cache = PaperCache(catalogue.stored_chunks, chunks_size, CACHE_BYTES)
        self._vectors = Nearest(catalogue, derived, self._cache)
        self._late = LateInteraction(catalogue, chunking, lambda: self.embedder)
        self._dimension: int | None = None  # the manifest's, when an embedder was last checked
        self._looking = threading.Lock()
        self._news = 0  # times that a commit was noticed, and how many of them were taken in
        self._taken_in = 0

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

    @property
    def behind(self) -> bool:
        """Whether a search now might miss papers of this ``revision``, or find them as they were.

        So it is while another process or thread writes. What is kept of searches, under the
        revision that was read before them, has to be kept only if this was False before the
        first of them and is False after the last. Raises what ``refresh`` does; opens no index.
        """
        if self._derived.opened:
            self.refresh()
        return not self._derived.complete()

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

    def _forget(self) -> None:
        self._cache.clear()
        self._late.clear()

    def _check_manifest(self, embedder: Embedder) -> None:
        manifest = self._catalogue.manifest()
        check(manifest, embedder, self._chunking, self.location)
        self._dimension = manifest.dimension

    def nearest(self, vector: Vectors, n: int, paper_ids: Sequence[str] | None = None) -> Near:
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
            return self._vectors.of_all(vector, n)
        return self._vectors.of_papers(vector, n, paper_ids)

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

    def centroids(self) -> tuple[tuple[str, ...], Vectors]:
        """(ids of all papers, sorted; their directions, shape (papers, dimension), float32).

        A paper's direction is that of the sum of its chunks' vectors: of length 1, or 0 where
        they cancel out. Reads every vector of the store: 0.2 s for 10,000 papers.
        """
        with self._catalogue.reading() as connection:
            return centroids(connection)

    def search(self, text: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The ``k`` best papers for a question, each with its passages, best first.

        See ``index.hybrid`` for how vectors, BM25 and late interaction are fused.
        """
        if not text.strip() or k < 1:
            return []
        vector, question = self._question(text)
        allowed = set(self.ids(filters)) if filters else None
        pool = max(self.fusion.pool, 4 * k)
        near = self.nearest(vector, pool, sorted(allowed) if allowed is not None else None)
        # BM25 can't filter by id: with a filter, everything that matches is fetched first.
        matches = self.matching(text, pool if allowed is None else max(self.count(), 1))
        lexical = {i: s for i, s in matches if allowed is None or i in allowed}
        found = {paper_of(chunk_id) for chunk_id, _ in near} | set(lexical)
        stored = self._cache.get_many(sorted(found))
        candidates = compare(vector, list(stored.values()), lexical)
        scores = fuse(candidates, self.fusion)
        if question is None:
            return to_hits(candidates, scores, k)
        places = ranking(candidates, scores)[: self.fusion.compared]
        ids = {candidates.papers[place].paper.id: place for place in places}
        known = self._late.scores(question, list(ids))
        late = {ids[paper_id]: score for paper_id, score in known.items()}
        return to_hits(candidates, with_late(scores, late, self.fusion), k, late)

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
