"""Whether the catalogue and the two indexes derived from it hold the same papers."""

from __future__ import annotations

import numpy as np

from index.store import PaperIndex, paper_of


def assert_agreement(store: PaperIndex) -> None:
    """Catalogue, vectors and words agree: on counts, on ids, and on what the vectors are."""
    papers = {paper.id: paper for paper in store.query(order="id")}
    info = store.info()
    assert info.papers == len(papers)
    store.refresh()
    derived = store._derived
    if not papers:
        assert derived.vectors is None or derived.vectors.count() == 0
        assert derived.lexical is None or derived.lexical.count() == 0
        return
    assert derived.vectors is not None
    assert derived.lexical is not None
    assert derived.vectors.count() == info.chunks
    assert derived.lexical.count() == len(papers)
    found = dict(store.matching("marker study zebrafish errors", len(papers) + 50))
    assert set(found) <= set(papers)
    chunks = store.vectors_of(list(papers))
    assert list(chunks) == list(papers)
    everything = {chunk.id for mine, _ in chunks.values() for chunk in mine}
    some = chunks[next(iter(papers))][1][0]
    near = store.nearest(some, info.chunks)
    assert {chunk_id for chunk_id, _ in near} <= everything
    assert len(near) >= 0.9 * info.chunks  # the search for neighbours is approximate
    for paper_id, (mine, vectors) in chunks.items():
        for chunk, vector in zip(mine, vectors, strict=True):
            assert papers[paper_id].abstract[chunk.start : chunk.end] == chunk.text
            assert paper_of(chunk.id) == paper_id
            best = derived.vectors.query(np.asarray(vector), 1)
            assert best, chunk.id
            assert best[0][1] > 0.999, chunk.id
