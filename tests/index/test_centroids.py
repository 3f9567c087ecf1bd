"""One direction a paper, for maps of the collection."""

from __future__ import annotations

import numpy as np
import pytest

from index.store import PaperIndex
from tests.index.papers import paper, papers


def test_each_paper_has_the_direction_of_its_chunks_sum(store: PaperIndex) -> None:
    store.add(papers(30))
    ids, vectors = store.centroids()
    assert list(ids) == store.ids()
    assert vectors.dtype == np.float32
    for stored in store.stored(ids):
        mine = vectors[ids.index(stored.paper.id)]
        total = stored.vectors.sum(axis=0)
        assert len(stored.chunks) > 1
        assert mine == pytest.approx(total / np.linalg.norm(total), abs=1e-6)


def test_an_empty_store_has_none(store: PaperIndex) -> None:
    ids, vectors = store.centroids()
    assert (ids, vectors.shape) == ((), (0, 0))


def test_they_follow_what_is_added_and_deleted(store: PaperIndex) -> None:
    store.add(papers(3))
    before = store.centroids()[1]
    store.delete(["p1"])
    store.add([paper(0, version=1)])
    ids, vectors = store.centroids()
    assert ids == ("p0", "p2")
    assert np.allclose(vectors[1], before[2])
    assert not np.allclose(vectors[0], before[0])
