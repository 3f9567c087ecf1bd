"""Damage to what is derived is noticed and repaired; damage to the truth is said plainly."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import IndexNotReady, ManifestMismatch
from index.hash_embedding import HashEmbedder
from index.lock import writing
from index.stamp import read_stamp
from index.store import PaperIndex
from tests.index.agreement import assert_agreement
from tests.index.papers import paper, papers


def opened(folder: Path) -> PaperIndex:
    return PaperIndex.open(folder, embedder=HashEmbedder())


@pytest.fixture
def filled(folder: Path) -> Path:
    with opened(folder) as store:
        store.add(papers(30))
    return folder


def generation(folder: Path, part: str) -> Path:
    stamp = read_stamp(folder / part / "current.json")
    assert stamp is not None
    return folder / part / stamp.folder


def remove_vectors(folder: Path) -> None:
    shutil.rmtree(folder / "vectors")


def remove_generation(folder: Path) -> None:
    shutil.rmtree(generation(folder, "vectors"))


def remove_segments(folder: Path) -> None:
    for path in generation(folder, "vectors").iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def empty_chroma_database(folder: Path) -> None:
    (generation(folder, "vectors") / "chroma.sqlite3").write_bytes(b"")


def garble_chroma_database(folder: Path) -> None:
    path = generation(folder, "vectors") / "chroma.sqlite3"
    path.write_bytes(b"not a database at all" * 1000)


def tear_stamp(folder: Path) -> None:
    (folder / "vectors" / "current.json").write_text('{"store": "ab')


def leave_dirty(folder: Path) -> None:
    """As after a kill; what is in the folder would end the process if it were opened."""
    (folder / "vectors" / "dirty").touch()
    for path in generation(folder, "vectors").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff" * 4096)


def lose_rows(folder: Path) -> None:
    from index.vectors import VectorIndex

    index = VectorIndex.open(generation(folder, "vectors"))
    assert index is not None
    index.delete(["p3#0", "p4#0"])
    index.close()


def remove_lexical(folder: Path) -> None:
    shutil.rmtree(folder / "lexical")


def garble_lexical(folder: Path) -> None:
    for path in generation(folder, "lexical").iterdir():
        if path.suffix in (".term", ".store", ".idx"):
            path.write_bytes(b"\x00" * 64)


def empty_lexical(folder: Path) -> None:
    for path in generation(folder, "lexical").iterdir():
        path.unlink()


DAMAGES = [
    remove_vectors,
    remove_generation,
    remove_segments,
    empty_chroma_database,
    garble_chroma_database,
    tear_stamp,
    leave_dirty,
    lose_rows,
    remove_lexical,
    garble_lexical,
    empty_lexical,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_repaired_on_opening(filled: Path, damage: Callable[[Path], None]) -> None:
    damage(filled)
    with opened(filled) as store:
        assert store.search("marker7 marker7v0", 1)[0].paper == paper(7)
        assert store.matching("marker7", 1)[0][0] == "p7"
        assert_agreement(store)
        assert store.add(papers(35)).added == 5
        assert_agreement(store)
    assert len([p for p in (filled / "vectors").iterdir() if p.is_dir()]) == 1
    assert not (filled / "vectors" / "dirty").exists()


def test_a_writer_repairs_too(filled: Path) -> None:
    remove_segments(filled)
    with opened(filled) as store:
        store.add([paper(99)])
        assert_agreement(store)


def test_a_catalogue_taken_back_to_an_older_state_wins(filled: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    with sqlite3.connect(filled / "catalogue.sqlite") as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    with opened(filled) as store:
        store.add(papers(40))
    for path in filled.glob("catalogue.sqlite*"):
        path.unlink()
    shutil.copy(backup, filled / "catalogue.sqlite")
    with opened(filled) as store:
        assert store.count() == 30
        assert_agreement(store)


def test_a_reader_of_a_dirty_store_searches_the_catalogue_meanwhile(filled: Path) -> None:
    leave_dirty(filled)
    with writing(filled, wait=0), opened(filled) as store:
        assert store.search("marker7 marker7v0", 1)[0].paper == paper(7)
        assert (filled / "vectors" / "dirty").exists()  # nobody opened or replaced what is there
    with opened(filled) as store:
        assert_agreement(store)


def test_vectors_that_break_while_open_are_rebuilt(filled: Path) -> None:
    with opened(filled) as store:
        store.search("marker1")
        vectors = store._derived.vectors
        assert vectors is not None
        vectors.close()
        assert store.search("marker7 marker7v0", 1)[0].paper == paper(7)
        assert_agreement(store)


def test_nothing_there_names_the_command(folder: Path) -> None:
    with pytest.raises(IndexNotReady, match="paperchat index PATH"):
        PaperIndex.open(folder, create=False)
    assert not folder.exists()


def test_a_catalogue_that_is_no_database(folder: Path) -> None:
    folder.mkdir()
    (folder / "catalogue.sqlite").write_bytes(b"these are not the pages of a database" * 100)
    with pytest.raises(IndexNotReady, match=r"catalogue\.sqlite"):
        opened(folder)


def test_a_newer_schema_is_left_alone(filled: Path) -> None:
    connection = sqlite3.connect(filled / "catalogue.sqlite")
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(ManifestMismatch, match="newer paperchat"):
        opened(filled)


def test_another_embedder_names_the_command(filled: Path) -> None:
    with pytest.raises(ManifestMismatch, match="paperchat index --rebuild"):
        PaperIndex.open(filled, embedder=HashEmbedder(48))


def test_without_an_embedder_the_store_opens_and_takes_its_own(filled: Path) -> None:
    with PaperIndex.open(filled) as store:
        assert store.count() == 30
        assert store.embedder.spec == "hash"
        assert store.search("marker7 marker7v0", 1)[0].paper == paper(7)


def test_a_rebuild_goes_on_where_it_was_broken_off(filled: Path) -> None:
    with opened(filled) as store:
        store.add(papers(150))

    class Failing(HashEmbedder):
        calls = 0

        def embed(self, texts):
            Failing.calls += 1
            if Failing.calls == 2:
                raise IndexNotReady("no power")
            return super().embed(texts)

    with PaperIndex.open(filled) as store:
        with pytest.raises(IndexNotReady, match="no power"):
            store.rebuild(Failing(32))
        assert store.info().dimension == 64
    with opened(filled) as store:  # as before, and changes made meanwhile are not lost
        store.delete(["p5"])
        store.add([paper(6, version=1)])
        assert_agreement(store)
    with PaperIndex.open(filled) as store:
        done: list[int] = []
        store.rebuild(HashEmbedder(32), progress=lambda count, total: done.append(count))
        assert done[0] > 64  # the first batch had been kept
        assert store.info().dimension == 32
        assert_agreement(store)
        assert store.matching("marker6v1", 1)[0][0] == "p6"
