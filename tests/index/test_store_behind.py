"""What a store says of its indexes while they lag behind its catalogue."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from index.derived import Derived
from index.hash_embedding import HashEmbedder
from index.lock import writing
from index.report import AddProgress
from index.store import PaperIndex
from tests.index.papers import paper, papers


def test_a_reader_is_behind_while_another_writes(store: PaperIndex, folder: Path) -> None:
    store.add(papers(10))
    told: list[tuple[bool, bool]] = []
    with PaperIndex.open(folder, embedder=HashEmbedder(), create=False) as reader:

        def look(progress: AddProgress) -> None:
            if progress.committed:
                found = [paper_id for paper_id, _ in reader.matching("marker77v0", 9)]
                told.append(("p77" not in found, reader.behind))

        assert not reader.behind
        assert reader._derived.vectors is None, "it opens nothing"
        assert reader.matching("marker1v0", 1)[0][0] == "p1"
        assert not reader.behind
        store.add([paper(77)], progress=look)
        assert told == [(True, True)]
        until = time.monotonic() + 10
        while reader.behind and time.monotonic() < until:
            time.sleep(0.05)
        assert not reader.behind
        assert reader.matching("marker77v0", 1)[0][0] == "p77"


def test_an_empty_store_is_never_behind(store: PaperIndex) -> None:
    assert not store.behind
    assert store.search("anything") == []
    assert not store.behind


def test_an_unopened_store_is_behind_where_its_indexes_are(
    store: PaperIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(papers(3))
    with monkeypatch.context() as killed, writing(folder, wait=1):
        killed.setattr(Derived, "sync", lambda *_, **__: None)
        killed.setattr(Derived, "sync_vectors", lambda *_, **__: None)
        killed.setattr("index.store.writing", lambda *_, **__: nullcontext())
        store.add([paper(4)])
    with writing(folder, wait=1), PaperIndex.open(folder, embedder=HashEmbedder()) as reader:
        assert reader.behind
    with PaperIndex.open(folder, embedder=HashEmbedder()) as reader:
        assert not reader.behind
