"""The chunks nearest to a vector: by the vectors' index, or by comparing with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.cache import PaperCache
from index.catalogue import Catalogue, StoredChunks
from index.chunking import paper_of
from index.derived import Derived
from index.embedding import Vectors
from index.stamp import IndexBroken

Near = list[tuple[str, float]]
"""(chunk id, cosine similarity), best first"""

_EXACT_UP_TO = 1_000  # papers: below it comparing with each vector beats a filtered search


class Nearest:
    """Looks in the vectors' index; where that can't be had just now, in the catalogue."""

    def __init__(
        self, catalogue: Catalogue, derived: Derived, cache: PaperCache[StoredChunks]
    ) -> None:
        self._catalogue = catalogue
        self._derived = derived
        self._cache = cache

    def of_all(self, vector: Vectors, n: int) -> Near:
        """The ``n`` nearest chunks. ``vector``: shape (dimension,), length 1."""
        for _ in range(2):
            vectors = self._derived.vectors
            if vectors is None:
                break
            try:
                return vectors.query(vector, n)
            except IndexBroken:
                self._derived.repair(vectors)
        return nearest_exactly(self._catalogue, vector, n)

    def of_papers(self, vector: Vectors, n: int, paper_ids: Sequence[str]) -> Near:
        """The ``n`` nearest chunks of these papers."""
        if len(paper_ids) <= _EXACT_UP_TO:
            return _best(_compared(self._cache.get_many(paper_ids).values(), vector), n)
        wanted, total, width = set(paper_ids), self._catalogue.chunk_count(), 4 * n
        while True:
            found = self.of_all(vector, min(width, total))
            hits = [hit for hit in found if paper_of(hit[0]) in wanted]
            if len(hits) >= n or width >= total:
                return hits[:n]
            width *= 4


def nearest_exactly(catalogue: Catalogue, vector: Vectors, n: int) -> Near:
    """The ``n`` nearest chunks, by comparing with every vector of the catalogue.

    Slow and always right: for a store whose vectors another process is rebuilding.
    """
    best: Near = []
    for papers in catalogue.texts_changed_since(0):
        best = _best([*best, *_compared(papers, vector)], n)
    return best


def _compared(papers: Iterable[StoredChunks], vector: Vectors) -> Near:
    hits: Near = []
    for stored in papers:
        scores = stored.vectors @ vector
        hits += [(c.id, float(s)) for c, s in zip(stored.chunks, scores, strict=True)]
    return hits


def _best(hits: Near, n: int) -> Near:
    return sorted(hits, key=lambda hit: -hit[1])[:n]
