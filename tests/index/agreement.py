"""Whether the catalogue and the two indexes derived from it hold the same papers."""

from __future__ import annotations

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
    chunks = store._catalogue.stored_chunks(list(papers))
    assert set(chunks) == set(papers)
    everything = {chunk.id for stored in chunks.values() for chunk in stored.chunks}
    near = store.nearest(chunks[next(iter(papers))].vectors[0], info.chunks)
    assert {chunk_id for chunk_id, _ in near} <= everything
    assert len(near) >= 0.9 * info.chunks  # the search for neighbours is approximate
    for paper_id, stored in chunks.items():
        for chunk, vector in zip(stored.chunks, stored.vectors, strict=True):
            assert papers[paper_id].abstract[chunk.start : chunk.end] == chunk.text
            assert paper_of(chunk.id) == paper_id
            best = derived.vectors.query(vector, 1)
            assert best, chunk.id
            assert best[0][1] > 0.999, (chunk.id, best)
