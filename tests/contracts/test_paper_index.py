"""What a PaperIndex does, wherever its vectors are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest

from index import Filters, PaperIndex
from index.errors import ManifestMismatch
from index.hash_embedding import HashEmbedder
from index.types import Problem
from tests.index.agreement import assert_agreement
from tests.index.papers import paper, papers


@pytest.fixture
def store(location: str) -> Iterator[PaperIndex]:
    with PaperIndex.open(location, embedder=HashEmbedder()) as opened:
        yield opened


def reopened(store: PaperIndex) -> PaperIndex:
    store.close()
    return PaperIndex.open(store.location, embedder=HashEmbedder())


def test_an_empty_store_answers(store: PaperIndex) -> None:
    assert store.count() == 0
    assert store.search("anything") == []
    assert store.matching("anything", 5) == []
    assert store.query() == []
    assert store.delete(["p1"]) == []
    assert store.info().papers == 0


def test_added_papers_are_found_by_vectors_and_by_words(store: PaperIndex) -> None:
    report = store.add(papers(100))
    assert (report.added, report.updated, report.unchanged, report.merged) == (100, 0, 0, 0)
    assert store.search("marker42 marker42v0", 1)[0].paper == paper(42)
    assert store.matching("marker42", 1)[0][0] == "p42"
    assert_agreement(store)


def test_a_second_run_changes_nothing(store: PaperIndex) -> None:
    store.add(papers(20))
    before = store.info()
    report = store.add(papers(20))
    assert (report.added, report.updated, report.unchanged, report.merged) == (0, 0, 20, 0)
    assert store.info().revision == before.revision


def test_a_changed_text_replaces_its_chunks(store: PaperIndex) -> None:
    store.add(papers(5))
    long = paper(2, abstract="Short and new, about zebrafish.")
    report = store.add([long])
    assert (report.added, report.updated) == (0, 1)
    assert store.matching("marker2v0", 1) == []
    assert store.search("zebrafish", 1)[0].paper == long
    assert [hit[0] for hit in store.matching("zebrafish", 5)] == ["p2"]
    assert_agreement(store)


def test_deleted_papers_are_gone_everywhere_and_can_come_back(store: PaperIndex) -> None:
    store.add(papers(10))
    assert store.delete(["p3", "nobody", "p3"]) == ["p3"]
    assert store.get("p3") is None
    assert store.matching("marker3", 1) == []
    assert all(hit.paper.id != "p3" for hit in store.search("marker3 marker3v0", 10))
    assert_agreement(store)
    assert store.add([paper(3)]).added == 1
    assert store.matching("marker3", 1)[0][0] == "p3"
    assert_agreement(store)


def test_what_was_added_is_there_when_opened_again(store: PaperIndex) -> None:
    store.add(papers(10))
    with reopened(store) as again:
        assert again.count() == 10
        assert again.search("marker7 marker7v0", 1)[0].paper == paper(7)
        assert_agreement(again)


def test_emptied_and_filled_again(store: PaperIndex) -> None:
    store.add(papers(4))
    store.delete([f"p{n}" for n in range(4)])
    assert store.search("marker1") == []
    assert_agreement(store)
    with reopened(store) as again:
        assert_agreement(again)
        again.add(papers(3))
        assert_agreement(again)


def test_a_search_respects_filters(store: PaperIndex) -> None:
    dated = [paper(n, date=dt.date(2024, 1 + n, 1)) for n in range(6)]
    store.add([*dated, paper(9)])
    hits = store.search("marker9 marker1", 10, Filters(since="2024-03", until="2024-04"))
    assert {hit.paper.id for hit in hits} == {"p2", "p3"}


def test_hits_carry_ranks_passages_and_offsets(store: PaperIndex) -> None:
    store.add(papers(12))
    hits = store.search("marker5 marker5v0", 4)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        for passage in hit.passages:
            chunk = passage.chunk
            assert hit.paper.abstract[chunk.start : chunk.end] == chunk.text


def test_stored_gives_unit_vectors_a_chunk_each(store: PaperIndex) -> None:
    store.add(papers(3))
    for _ in range(2):  # from the catalogue, then from memory
        second, first = store.stored(["p2", "nobody", "p0"])
        assert (second.paper, first.paper) == (paper(2), paper(0))
        assert second.vectors.shape == (len(second.chunks), 64)
        assert np.allclose(np.linalg.norm(second.vectors, axis=1), 1, atol=1e-5)
    store.add([paper(2, abstract="Another text.")])
    assert [chunk.text for chunk in store.stored(["p2"])[0].chunks] == ["Another text."]


def test_a_rebuild_takes_another_embedder(store: PaperIndex) -> None:
    store.add(papers(70))
    other = HashEmbedder(32)
    with pytest.raises(ManifestMismatch, match="paperchat index --rebuild"):
        PaperIndex.open(store.location, embedder=other)
    store.rebuild(other)
    assert store.info().dimension == 32
    assert_agreement(store)
    store.close()
    with PaperIndex.open(store.location, embedder=other) as again:
        assert again.search("marker5 marker5v0", 1)[0].paper == paper(5)
        assert_agreement(again)


def test_problems_are_passed_on_and_bad_papers_rejected_alone(store: PaperIndex) -> None:
    bad = [
        paper(90, title=" "),
        paper(91, abstract=""),
        paper(92, abstract="half a pair: \ud800"),
        paper(93, id="has space"),
        paper(94, organisation="NUL \x00"),
    ]
    given = [Problem("file.txt", "no abstract", 3), Problem("file.txt", "odd", 4, rejected=False)]
    report = store.add([paper(1), *bad, *given, paper(2)])
    assert report.added == 2
    assert len(report.rejected) == 6
    assert [str(note) for note in report.notes] == ["file.txt:4: odd"]
    assert "page-a" in str(report.rejected[0])
    assert report.to_dict()["added"] == 2
    assert_agreement(store)
