"""Word pieces in the store: written with the papers, read back, worked out where they lack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from index import rebuilding
from index.catalogue import Catalogue
from index.hash_embedding import HashEmbedder
from index.places import CATALOGUE
from index.store import FUSION, PaperIndex
from index.tables import chunk_tokens, staged_chunk_tokens
from index.token_rows import stored_tokens
from index.types import Filters, Paper
from tests.index.papers import paper, papers
from tests.index.telling import Telling, _direction

QUESTION = "Which one studies pruning with marker1v0?"


@pytest.fixture
def embedder() -> Telling:
    return Telling()


@pytest.fixture
def telling(folder: Path, embedder: Telling) -> Iterator[PaperIndex]:
    with PaperIndex.open(folder, embedder=embedder) as opened:
        yield opened


def rows(folder: Path, table: sa.Table = chunk_tokens) -> dict[str, tuple[bytes, bytes]]:
    catalogue = Catalogue.open(folder / CATALOGUE, create=False)
    with catalogue.reading() as connection:
        found = {r[0]: (r.offsets, r.vectors) for r in connection.execute(table.select())}
    catalogue.close()
    return found


def forget_tokens(folder: Path) -> None:
    """As a store of an earlier version is."""
    catalogue = Catalogue.open(folder / CATALOGUE, create=False)
    with catalogue.transaction() as connection:
        staged_chunk_tokens.drop(connection)
        chunk_tokens.drop(connection)
    catalogue.close()


def similar(store: PaperIndex, paper_id: str, question: str = QUESTION) -> np.ndarray:
    return store.token_matches(question, [paper_id])[paper_id].similarities


def test_every_chunk_has_a_row_and_it_comes_back(telling: PaperIndex, folder: Path) -> None:
    telling.add(papers(70))
    stored = telling.stored(telling.ids())
    assert set(rows(folder)) == {chunk.id for one in stored for chunk in one.chunks}
    catalogue = Catalogue.open(folder / CATALOGUE, create=False)
    (tokens,) = stored_tokens(catalogue, ["p3"], "telling-1").values()
    assert stored_tokens(catalogue, ["p3", "nobody"], "telling-2") == {}
    catalogue.close()
    known = paper(3)
    text = known.abstract
    for offset, vector in zip(tokens.offsets, tokens.vectors, strict=True):
        if offset >= 0:
            word = text[offset:].split()[0].strip(".,")
            np.testing.assert_allclose(vector / 127, _direction(word), atol=0.005)
    titles = int((tokens.offsets == -1).sum())
    assert titles == len(["Study", "3", "alignment", "marker3"])
    assert (tokens.offsets[:titles] == -1).all()


def test_offsets_of_the_bundled_embedder_point_at_the_words(folder: Path) -> None:
    known = Paper("x", "LoRA-XL: über adapters", "  Ünïted   fine-tuning. It’s cheap; 3× so.")
    with PaperIndex.open(folder) as store:
        store.add([known])
        found = store.token_matches("united adapters of LoRA", ["x"])["x"]
    offsets = [at for at in dict.fromkeys(found.offsets.tolist()) if at >= 0]
    words = ["Ünïted", "fine", "tuning", "s", "cheap", "3"]
    assert [known.abstract[at:][: len(w)] for at, w in zip(offsets, words, strict=True)] == words
    best = found.offsets[found.similarities[found.words.index("united")].argmax()]
    assert best == known.abstract.index("Ünïted")
    in_title = found.similarities[found.words.index("adapters")].argmax()
    assert found.offsets[in_title] == -1


def test_a_match_finds_the_words_that_the_question_names(telling: PaperIndex) -> None:
    telling.add(papers(10))
    found = telling.token_matches(QUESTION, ["p1", "nobody", "p2"])
    assert list(found) == ["p1", "p2"]
    one = found["p1"]
    assert one.words == ("studies", "pruning", "marker1v0")
    assert one.similarities.shape == (3, len(one.offsets))
    assert one.similarities[2].max() == pytest.approx(1, abs=0.02)
    assert found["p2"].similarities[2].max() < 0.9
    assert one.offsets[one.similarities[2].argmax()] == paper(1).abstract.index("marker1v0")


def test_papers_that_name_what_is_asked_come_first(telling: PaperIndex) -> None:
    telling.add(papers(100))
    hits = telling.search(QUESTION, 100)
    assert hits[0].paper == paper(1)
    assert all(("late" in hit.why) == (hit.rank <= FUSION.compared) for hit in hits)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1
    assert len(hits) > FUSION.compared


def test_filters_hold(telling: PaperIndex) -> None:
    telling.add([*papers(20), paper(50, page="page-b")])
    assert [h.paper.id for h in telling.search(QUESTION, 5, Filters(pages="page-b"))] == ["p50"]


def test_without_pieces_the_first_score_stands(store: PaperIndex, folder: Path) -> None:
    store.add(papers(10))
    assert rows(folder) == {}
    assert all("late" not in hit.why for hit in store.search(QUESTION, 10))
    found = store.token_matches(QUESTION, ["p1"])["p1"]  # by the bundled embedder
    assert [*dict.fromkeys(found.words)] == ["studies", "pruning", "marker1v0"]
    assert rows(folder) == {}


def test_a_store_without_the_table_works_and_gets_it_when_it_is_written(
    folder: Path, embedder: Telling
) -> None:
    with PaperIndex.open(folder, embedder=Telling()) as store:
        store.add(papers(40))
        hits, before = store.search(QUESTION, 40), similar(store, "p1")
    forget_tokens(folder)
    with PaperIndex.open(folder, embedder=embedder) as store:
        again = store.search(QUESTION, 40)
        assert [(hit.paper.id, hit.score) for hit in again] == [
            (hit.paper.id, hit.score) for hit in hits
        ]
        np.testing.assert_array_equal(similar(store, "p1"), before)
        first = embedder.told
        compared = [hit.paper.id for hit in again if "late" in hit.why]
        stored = store.stored(compared)
        assert len(compared) == FUSION.compared
        assert first == sum(len(one.chunks) for one in stored)  # those, and each once
        assert [hit.score for hit in store.search(QUESTION, 40)] == [hit.score for hit in hits]
        assert embedder.told == first
        store.add([paper(77)])
    with PaperIndex.open(folder, embedder=Telling()) as store:
        known = {chunk_id.partition("#")[0] for chunk_id in rows(folder)}
        assert known == {"p77"}
        assert store.search("marker77 marker77v0", 1)[0].paper == paper(77)


def test_rows_of_another_making_are_worked_out_anew(folder: Path) -> None:
    class Newer(Telling):
        token_fingerprint = "telling-2"

    with PaperIndex.open(folder, embedder=Telling()) as store:
        store.add(papers(3))
    newer = Newer()
    with PaperIndex.open(folder, embedder=newer) as store:
        similar(store, "p1")
        assert newer.told == 2
        store.add([paper(1, version=1)])
        similar(store, "p1")
        assert newer.told == 4


def test_pieces_go_with_their_chunks(telling: PaperIndex, folder: Path) -> None:
    telling.add(papers(3))
    assert similar(telling, "p1").max() == pytest.approx(1, abs=0.02)
    telling.add([paper(1, abstract="One sentence on zebrafish.")])
    assert similar(telling, "p1", "zebrafish").max() == pytest.approx(1, abs=0.02)
    assert {i for i in rows(folder) if i.startswith("p1#")} == {"p1#0"}
    telling.delete(["p1", "p2"])
    assert {chunk_id.partition("#")[0] for chunk_id in rows(folder)} == {"p0"}
    assert telling.token_matches(QUESTION, ["p1"]) == {}


def test_another_process_change_is_seen(telling: PaperIndex, folder: Path) -> None:
    telling.add(papers(3))
    similar(telling, "p1")
    with PaperIndex.open(folder, embedder=Telling()) as other:
        other.add([paper(1, abstract="One sentence on zebrafish.")])
    assert similar(telling, "p1", "zebrafish").max() == pytest.approx(1, abs=0.02)


def test_a_rebuild_makes_the_same_pieces(telling: PaperIndex, folder: Path) -> None:
    telling.add(papers(70))
    before = rows(folder)
    telling.rebuild()
    assert rows(folder) == before
    assert rows(folder, staged_chunk_tokens) == {}


def test_a_rebuild_adds_and_drops_pieces(folder: Path) -> None:
    with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
        store.add(papers(5))
        store.rebuild(Telling())
        assert {i.partition("#")[0] for i in rows(folder)} == set(store.ids())
        assert "late" in store.search(QUESTION, 1)[0].why
    forget_tokens(folder)
    with PaperIndex.open(folder, embedder=Telling()) as store:
        store.rebuild(HashEmbedder())
    assert rows(folder) == {}


def test_a_rebuild_that_breaks_off_goes_on_with_pieces(
    telling: PaperIndex, folder: Path, embedder: Telling, monkeypatch
) -> None:
    telling.add(papers(10))
    before, told = rows(folder), embedder.told
    monkeypatch.setattr(rebuilding, "BATCH", 4)

    def interrupt(done: int, _: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        telling.rebuild(progress=interrupt)
    assert rows(folder) == before
    assert len(rows(folder, staged_chunk_tokens)) == 16
    telling.rebuild()
    assert rows(folder) == before
    assert embedder.told == told + len(before)


def test_a_question_is_looked_at_once(telling: PaperIndex, embedder: Telling) -> None:
    telling.add(papers(10))
    for _ in range(3):
        ids = [hit.paper.id for hit in telling.search(QUESTION, 5)]
        telling.token_matches(QUESTION, ids)
    assert embedder.asked == 1
    for number in range(20):
        telling.search(f"question {number}", 1)
    telling.search(QUESTION, 1)
    assert embedder.asked == 22  # few are kept


def test_a_paper_without_words_is_found_all_the_same(telling: PaperIndex) -> None:
    telling.add([Paper("mute", "?", "!!! ..."), paper(1)])
    assert telling.token_matches(QUESTION, ["mute"])["mute"].similarities.shape == (3, 0)
    assert {hit.paper.id for hit in telling.search(QUESTION, 5)} == {"mute", "p1"}
    assert telling.search("?!", 1)
