"""The ways of ranking papers that are put side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from index.hybrid import compare, fuse, to_hits
from index.store import FUSION, PaperIndex, paper_of

Rank = Callable[[str], Sequence[str]]
"""Ids of papers for a text, best first, at most ``DEPTH``."""

DEPTH = 100
PRODUCT = "paperchat"


def ways(index: PaperIndex, depth: int = DEPTH) -> Mapping[str, Rank]:
    """BM25 alone, vectors alone, both fused, and the product's own search, over one store.

    - BM25: the product's word search without its thesaurus: tantivy's BM25 over stemmed words of
      title and abstract as one text, with joined words and typing mistakes as the product has them.
    - vectors: papers by the cosine of their best chunk.
    - fused: ``index.hybrid``, without its second step.
    - paperchat: the search that answers are written from, but asked for ``depth`` papers. Each side
      brings four candidates for each of these, at ``depth`` 100 that is 400, where an answer from
      12 or 20 papers has the 150 of ``Fusion.pool``. Where the embedder tells no word pieces, it
      is fused too.
    """

    def vectors(text: str) -> Sequence[str]:
        (vector,) = index.embedder.embed([text])
        found = dict.fromkeys(paper_of(chunk) for chunk, _ in index.nearest(vector, 4 * depth))
        return list(found)[:depth]

    def fused(text: str) -> Sequence[str]:
        (vector,) = index.embedder.embed([text])
        pool = max(FUSION.pool, 4 * depth)
        lexical = dict(index.matching(text, pool))
        near = {paper_of(chunk) for chunk, _ in index.nearest(vector, pool)}
        candidates = compare(vector, index.stored(sorted(near | set(lexical))), lexical)
        hits = to_hits(candidates, fuse(candidates, FUSION), depth)
        return [hit.paper.id for hit in hits]

    return {
        "BM25": lambda text: [paper for paper, _ in index.matching(text, depth, expansion=0.0)],
        "vectors": vectors,
        "BM25 and vectors": fused,
        PRODUCT: lambda text: [hit.paper.id for hit in index.search(text, depth)],
    }
