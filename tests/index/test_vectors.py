from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index import spellings
from index.errors import ConfigError, IndexNotReady
from index.homes import FolderHome
from index.server import Server
from index.stamp import IndexBroken, Stamp
from index.types import Chunk
from index.vectors import VectorIndex, _translated

STAMP = Stamp("store", 3)


def rows(count: int, start: int = 0) -> tuple[list[Chunk], np.ndarray]:
    chunks = [Chunk(f"p{n}#0", f"p{n}", f"text {n}", 0, 6) for n in range(start, start + count)]
    vectors = np.random.default_rng(start).normal(size=(count, 16)).astype(np.float32)
    return chunks, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    opened = VectorIndex.open(tmp_path / "chroma", create=True, stamp=STAMP)
    assert opened is not None
    yield opened
    if not opened.closed:
        opened.close()


def test_rows_find_themselves_with_cosine_similarity(index: VectorIndex) -> None:
    chunks, vectors = rows(50)
    index.upsert(chunks, vectors)
    ((best, score), (_, second)) = index.query(vectors[7], 2)
    assert best == "p7#0"
    assert score == pytest.approx(1, abs=1e-5)
    assert second == pytest.approx(float(np.sort(vectors @ vectors[7])[-2]), abs=1e-5)


def test_upserting_replaces_and_deleting_forgives(index: VectorIndex) -> None:
    chunks, vectors = rows(5)
    index.upsert(chunks, vectors)
    index.upsert(chunks[:1], vectors[4:5])
    assert index.count() == 5
    assert {hit[0] for hit in index.query(vectors[4], 2)} == {"p0#0", "p4#0"}
    index.delete(["p4#0", "nobody"])
    index.delete([])
    assert index.count() == 4


def test_more_rows_than_chroma_takes_at_once(index: VectorIndex) -> None:
    chunks, vectors = rows(5_600)
    index.upsert(chunks, vectors)
    assert index.count() == 5_600
    index.delete([chunk.id for chunk in chunks])
    assert index.count() == 0
    assert index.query(vectors[0], 5) == []


def test_no_rows_wanted_are_none_found(index: VectorIndex) -> None:
    chunks, vectors = rows(9)
    index.upsert(chunks, vectors)
    assert index.query(vectors[0], 0) == []


def test_rows_are_of_use_to_any_chroma_client(index: VectorIndex, tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    index.upsert(*rows(1))
    index.close()
    path, quiet = str(tmp_path / "chroma"), Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(path, settings=quiet)
    row = client.get_collection("papers", embedding_function=None).get()
    assert row["documents"] == ["text 0"]
    assert row["metadatas"] == [{"paper_id": "p0", "start": 0, "end": 6}]
    client.close()


def test_a_second_opening_reads_what_is_there_now(index: VectorIndex, tmp_path: Path) -> None:
    index.upsert(*rows(3))
    other = VectorIndex.open(tmp_path / "chroma")
    assert other is not None
    assert (other.count(), other.stamp()) == (3, STAMP)
    index.set_stamp(Stamp("store", 9))
    other.close()
    again = VectorIndex.open(tmp_path / "chroma")
    assert again is not None
    assert again.stamp() == Stamp("store", 9)
    again.close()


def clients(folder: Path) -> list[str]:
    """The spellings of a folder under which Chroma keeps a client."""
    from chromadb.api.shared_system_client import SharedSystemClient

    known = SharedSystemClient._identifier_to_system
    return [spelling for spelling in known if spelling.startswith(str(folder))]


@pytest.mark.parametrize("fails", ["chromadb.PersistentClient", "index.vectors._collection"])
def test_what_cannot_be_opened_leaves_no_client_behind(
    index: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    index.close()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no")

    with monkeypatch.context() as patched:
        patched.setattr(fails, fail)
        for _ in range(3):
            with pytest.raises(IndexBroken, match="no"):
                VectorIndex.open(tmp_path / "chroma")
    used = [spelling for spelling in spellings._used if spelling.startswith(str(tmp_path))]
    assert (clients(tmp_path), used) == ([], [])


def test_a_damaged_folder_leaves_no_client_behind(index: VectorIndex, tmp_path: Path) -> None:
    index.close()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database " * 1_000)
    for _ in range(3):
        with pytest.raises(IndexBroken):
            VectorIndex.open(tmp_path / "chroma")
    used = [spelling for spelling in spellings._used if spelling.startswith(str(tmp_path))]
    assert (clients(tmp_path), used) == ([], [])


def test_a_home_closes_what_cannot_be_read(
    index: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.close()
    home = FolderHome(tmp_path / "vectors")
    made, stamp = home.fresh("store")
    home.use(made, stamp)
    made.close()

    def fail(_: VectorIndex) -> None:
        raise IndexBroken("no")

    with monkeypatch.context() as patched:
        patched.setattr(VectorIndex, "warm", fail)
        for _ in range(3):
            with pytest.raises(IndexBroken, match="no"):
                home.open(wait=1)
    used = [spelling for spelling in spellings._used if spelling.startswith(str(tmp_path))]
    assert (clients(tmp_path), used) == ([], [])
    home.open(wait=1).close()


def test_what_fails_is_translated(index: VectorIndex, tmp_path: Path) -> None:
    with pytest.raises(IndexBroken):  # a wrong dimension
        index.upsert(*rows(2))
        index.query(np.ones(3, dtype=np.float32), 1)
    index.close()
    with pytest.raises(IndexBroken):
        index.count()
    assert VectorIndex.open(tmp_path / "empty") is None


def test_a_panic_of_the_rust_core_is_translated_too() -> None:
    panic = type("PanicException", (BaseException,), {})
    with pytest.raises(IndexBroken, match="range end"), _translated("/some/folder"):
        raise panic("range end index out of range")
    with pytest.raises(KeyboardInterrupt), _translated("/some/folder"):
        raise KeyboardInterrupt


def test_nobody_answers() -> None:
    with pytest.raises(IndexNotReady, match=r"no Chroma server answers at http://127\.0\.0\.1:9"):
        VectorIndex.open(Server.parse("http://127.0.0.1:9"))


def test_a_key_is_not_shown_and_the_cloud_needs_one() -> None:
    server = Server.parse("cloud:", "s3cret")
    assert "s3cret" not in repr(server) + server.name
    with pytest.raises(ConfigError, match="CHROMA_API_KEY"):
        VectorIndex.open(Server.parse("cloud:"))
