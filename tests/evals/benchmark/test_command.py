"""``python -m evals benchmark``: a run over a tiny folder, and its index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.benchmark import filling
from evals.benchmark.filling import fill, own_store
from evals.benchmark.task import load
from index.embedding import load_embedder
from index.errors import ConfigError
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.benchmark.folders import PAPERS, write


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(filling, "evals_folder", lambda: tmp_path / "data" / "evals")
    monkeypatch.delenv("PAPERCHAT_EMBEDDER", raising=False)
    return write(tmp_path / "beir" / "tiny")


def benchmark(tiny: Path, *options: str) -> int:
    common = ["--from", str(tiny.parent), "--embedder", "hash", "--offline"]
    return main(["benchmark", tiny.name, *common, *options])


def test_every_way_is_measured_over_the_same_queries(tiny, capsys):
    assert benchmark(tiny, "--json") == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["queries"], found["papers"], found["timed"]) == (2, 4, 2)
    assert found["embedder"] == "hash"
    assert [way["way"] for way in found["ways"]] == [
        "BM25", "vectors", "BM25 and vectors", "paperchat",
    ]  # fmt: skip
    for way in found["ways"]:
        if way["way"] != "vectors":  # those of hashed words say little
            assert (way["ndcg_10"], way["mrr_10"]) == (1, 1)
        assert way["recall_10"] == way["recall_100"] == 1  # there are four papers
        assert way["queries_per_second"] > 0
    assert "note: 1 queries have no relevant paper" in err
    assert found["published"] == []


def test_the_index_is_used_again_and_not_filled_twice(tiny, tmp_path, monkeypatch, capsys):
    assert benchmark(tiny) == 0
    (kept,) = (tmp_path / "data" / "benchmarks").iterdir()
    assert kept.name.startswith("tiny-")
    with monkeypatch.context() as patch:
        patch.setattr(PaperIndex, "add", lambda *_, **__: pytest.fail("filled again"))
        assert benchmark(tiny, "--markdown") == 0
    assert "| paperchat | 1.000 |" in capsys.readouterr().out
    write(tiny, [*PAPERS, {"_id": "new", "title": "New", "text": "Another one."}])
    assert benchmark(tiny) == 0
    assert len(list((tmp_path / "data" / "benchmarks").iterdir())) == 2  # not mistaken for it


def test_a_filling_that_broke_off_goes_on(tiny, tmp_path):
    task = load(tiny)
    store = tmp_path / "store"

    def kill() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(store, task, HashEmbedder(), kill)
    with fill(store, task, HashEmbedder()) as index:
        assert index.count() == 4


def test_a_store_of_other_papers_is_left_alone(tiny, tmp_path, capsys):
    store = tmp_path / "mine"
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        index.add(load(tiny).papers[:1])
    assert benchmark(tiny, "--store", str(store)) == 1
    assert "holds other papers than tiny; name another folder" in capsys.readouterr().err
    with PaperIndex.open(store) as index:
        assert index.count() == 1
    other = load(write(tmp_path / "other", PAPERS[:3]))
    own = tmp_path / "own"
    fill(own, load(tiny), HashEmbedder()).close()
    with pytest.raises(ConfigError, match="other papers"):
        fill(own, other, HashEmbedder())


def test_another_embedder_has_an_index_of_its_own(tiny):
    task = load(tiny)
    assert own_store(task, HashEmbedder()) != own_store(task, load_embedder("minilm"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--store", "http://127.0.0.1:9"], "is no folder"),
        (["--embedder", "openai:x"], "needs the network"),
        (["--embedder", "nonsense"], "no embedder is called"),
        (["--split", "dev"], "no judgements of the split 'dev'"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(tiny, options, told, capsys):
    assert benchmark(tiny, *options) == 1
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_papers_without_a_text_are_told(tiny, capsys):
    write(tiny, [*PAPERS, {"_id": "bare", "title": "Bare", "text": ""}])
    assert benchmark(tiny) == 0
    out, err = capsys.readouterr()
    assert "1 papers can't be stored" in err
    assert "2 queries, 4 papers" in out
