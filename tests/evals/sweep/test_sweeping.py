"""Whole sweeps over a small real store: what is built, what is run, and what goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest

from evals.__main__ import main
from evals.cases import load_cases
from evals.sweep.indexes import read_source
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Paper
from rag.settings import Settings
from tests import endpoint as server
from tests.evals.test_runner import CASES

FOUR = """
embedder = ["hash"]
chunking = [{ sentences = 5, overlap = 1 }, { sentences = 1, overlap = 0, rest = 0 }]
fusion = [{}, { dense = 0.4 }]
"""


@pytest.fixture
def swept(asked, tmp_path):
    """The arguments of a sweep of a grid, into the same folder each time."""
    store, cases = asked

    def given(text, *more):
        grid = tmp_path / "grid.toml"
        grid.write_text(text)
        out = str(tmp_path / "out")
        return [
            *("sweep", str(cases), "--grid", str(grid), "--out", out, "--store", str(store)),
            *more,
        ]

    return given


@pytest.fixture
def built(monkeypatch):
    """The folders of the indexes that papers were added to."""
    folders, add = [], PaperIndex.add

    def counted(self, *arguments, **named):
        folders.append(self.location)
        return add(self, *arguments, **named)

    monkeypatch.setattr(PaperIndex, "add", counted)
    return folders


def configs(out):
    files = sorted((out / "runs").glob("*/config.json"))
    return [json.loads(file.read_text()) for file in files]


def test_a_sweep_builds_each_index_once_and_is_told_as_table_json_and_page(
    swept, built, tmp_path, capsys
):
    assert main(swept(FOUR, "--json")) == 0
    output = capsys.readouterr()
    assert output.err.startswith("4 runs of 3 cases: 0 there already, 4 to run, 2 indexes to build")
    told = json.loads(output.out)
    assert [row["number"] for row in told["rows"]] == [1, 2, 3, 4]
    assert told["varied"] == ["chunking", "fusion"]
    assert all(row["failed"] == 0 and row["latency_ms"] > 0 for row in told["rows"])
    assert {row["labels"]["embedder"] for row in told["rows"]} == {"hash"}
    assert told["standings"][0]["measure"] == "citation_recall"
    assert len(built) == len(set(built)) == 2
    kept = configs(tmp_path / "out")
    assert {one["chunking"] for one in kept} == {"sentences-5-1-2", "sentences-1-0-0"}
    assert sorted(one["fusion"]["dense_weight"] for one in kept) == [0.4, 0.4, 0.7, 0.7]
    page = (tmp_path / "out" / "sweep.html").read_text()
    assert "sentences=1 overlap=0 rest=0" in page

    assert main(swept(FOUR, "--markdown")) == 0  # all there: nothing is opened or asked again
    output = capsys.readouterr()
    assert "4 there already, 0 to run, 0 indexes to build" in output.err
    assert output.out.startswith("**4 runs of 3 cases")
    assert len(built) == 2
    assert main(swept(FOUR)) == 0
    assert "citation_recall: " in capsys.readouterr().out


def test_a_later_sweep_runs_only_what_is_new(swept, built, tmp_path, capsys):
    assert main(swept(FOUR, "--json")) == 0
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("report.json")}
    more = FOUR.replace("{ dense = 0.4 }", "{ dense = 0.4 }, { dense = 1.0 }")
    assert main(swept(more + 'length = ["normal"]', "--json", "--measures", "recall")) == 0
    output = capsys.readouterr()
    assert "6 runs of 3 cases: 4 there already, 2 to run, 0 indexes to build" in output.err
    assert len(built) == 2
    assert all(file.stat().st_mtime_ns == at for file, at in before.items())
    assert len(configs(tmp_path / "out")) == 6


def test_a_dry_run_tells_and_does_nothing(swept, built, tmp_path, capsys):
    assert main(swept(FOUR, "--dry-run")) == 0
    output = capsys.readouterr()
    assert "4  chunking sentences=1 overlap=0 rest=0, fusion dense=0.4  (to run)" in output.out
    assert output.out.count("to build: hash-sentences-") == 2
    assert built == []
    assert not (tmp_path / "out").exists()


def test_a_dry_run_makes_no_store(swept, tmp_path, capsys):
    store = tmp_path / "mistyped"
    assert main([*swept(FOUR, "--dry-run"), "--store", str(store)]) == 1
    assert "mistyped" in capsys.readouterr().err
    assert not store.exists()
    with PaperIndex.open(store, embedder=HashEmbedder()):
        pass
    assert main([*swept(FOUR, "--dry-run"), "--store", str(store)]) == 1
    assert "the store holds no papers" in capsys.readouterr().err
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        assert index.count() == 0


def test_faults_end_it_before_anything_is_done(swept, tmp_path, capsys):
    assert main(swept('embedder = ["hash"]\nflavour = ["mint"]')) == 1
    assert "grid.toml: flavour: unknown" in capsys.readouterr().err
    assert main(swept(FOUR, "--measures", "taste")) == 1
    assert "'taste' is unknown" in capsys.readouterr().err
    assert main(swept(FOUR, "--most", "3")) == 1
    assert "comes to 4 runs, and 3 are allowed" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_papers_that_changed_are_indexed_and_asked_anew(swept, asked, built, tmp_path, capsys):
    one = 'embedder = ["hash"]'
    assert main(swept(one)) == 0
    with PaperIndex.open(asked[0], embedder=HashEmbedder()) as index:
        index.delete(["p3"])
    capsys.readouterr()
    assert main(swept(one)) == 0
    assert "0 there already, 1 to run, 1 indexes to build" in capsys.readouterr().err
    assert sorted(one["store_papers"] for one in configs(tmp_path / "out")) == [2, 3]


def test_a_copy_of_a_store_that_got_other_papers_is_another_store(
    swept, asked, built, tmp_path, capsys
):
    store = asked[0]
    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    for place, abstract in ((store, "It is red."), (copy, "It is blue.")):
        with PaperIndex.open(place, embedder=HashEmbedder()) as index:
            index.add([Paper("p9", "What colour is it?", abstract)])
            state = index.identity, index.revision
    one = 'embedder = ["hash"]'
    assert main(swept(one)) == 0
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        assert (index.identity, index.revision) == state
    capsys.readouterr()
    assert main([*swept(one), "--store", str(copy)]) == 0
    assert "0 there already, 1 to run, 1 indexes to build" in capsys.readouterr().err
    assert len({one["papers_sha256"] for one in configs(tmp_path / "out")}) == 2


def test_papers_and_revision_are_of_one_moment(asked, monkeypatch):
    store, cases = asked
    settings, query, late = Settings(store=str(store)), PaperIndex.query, []

    def changed(self, *arguments, **named):
        found = query(self, *arguments, **named)
        if not late:
            late.append(found)
            self.add([Paper("p9", "Late", "It came in between.")])
        return found

    monkeypatch.setattr(PaperIndex, "query", changed)
    source = read_source(cases, load_cases(cases), settings, lambda _: None)
    assert len(late) == 1
    assert len(source.papers) == source.config["store_papers"] == 4


def test_a_sweep_that_is_killed_goes_on_and_asks_no_finished_case_again(asked, swept, tmp_path):
    asking = [(f"c{n}", CASES[n % 3]) for n in range(60)]
    many = [case | {"id": i, "question": f"{i}: {case['question']}"} for i, case in asking]
    asked[1].write_text("".join(json.dumps(case) + "\n" for case in many))
    runs = tmp_path / "out" / "runs"

    def finished():
        return sum(file.read_bytes().count(b"\n") for file in runs.glob("*/results.jsonl"))

    process = subprocess.Popen([sys.executable, "-m", "evals", *swept(FOUR)])
    try:
        while finished() < 75:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = {file: file.read_bytes() for file in runs.glob("*/results.jsonl")}
    assert main(swept(FOUR, "--json")) == 0
    for file, held in before.items():
        assert file.read_bytes().startswith(held[: held.rfind(b"\n") + 1])
    assert finished() == 240
    assert len(list(runs.iterdir())) == 4


def test_an_index_that_was_broken_off_is_completed(swept, built, tmp_path):
    out = tmp_path / "out"
    assert main(swept('embedder = ["hash"]')) == 0
    (folder,) = (out / "indexes").iterdir()
    (folder / "sweep.json").unlink()
    with PaperIndex.open(folder, embedder=HashEmbedder()) as index:
        index.delete(["p2"])
    shutil.rmtree(out / "runs")
    assert main(swept('embedder = ["hash"]')) == 0
    with PaperIndex.open(folder, embedder=HashEmbedder()) as index:
        assert sorted(index.ids()) == ["p1", "p2", "p3"]


def test_a_folder_that_cannot_be_is_told(asked, swept, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    assert main(swept('embedder = ["hash"]')) == 1
    error = capsys.readouterr().err
    assert "out" in error.splitlines()[-1]
    assert "run with --debug" not in error


def test_without_an_embedder_named_it_is_the_stores_own(swept, built, tmp_path):
    assert main(swept('length = ["short", "normal"]')) == 0
    assert {one["embedder"] for one in configs(tmp_path / "out")} == {"hash"}
    assert len(built) == 1


def test_a_model_that_fails_is_told_and_its_cases_are_asked_again(
    swept, tmp_path, capsys, monkeypatch
):
    grid = 'model = ["extractive", "openai:m"]'
    with server.running() as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        endpoint.play(server.fails(401, "wrong key"))
        assert main(swept(grid)) == 1
        output = capsys.readouterr()
        assert "run 2: 3 cases failed, and count in no mean" in output.out
        assert "every case failed in run 2; see" in output.err
        endpoint.play(server.normal("NOT_IN_THE_PAPERS"))
        assert main(swept(grid, "--json")) == 0
    output = capsys.readouterr()
    assert "1 there already, 1 to run, 0 indexes to build" in output.err
    assert [row["failed"] for row in json.loads(output.out)["rows"]] == [0, 0]


def test_the_same_model_name_at_another_endpoint_is_another_run(
    swept, tmp_path, capsys, monkeypatch
):
    grid = 'embedder = ["hash"]\nmodel = ["openai:m"]'
    for _ in range(2):
        with server.running() as endpoint:
            monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
            endpoint.play(server.normal("NOT_IN_THE_PAPERS"))
            assert main(swept(grid, "--json")) == 0
        assert "0 there already, 1 to run" in capsys.readouterr().err
    assert len({one["base_url"] for one in configs(tmp_path / "out")}) == 2


def test_prompts_of_ones_own_are_what_the_model_is_sent(swept, tmp_path, capsys, monkeypatch):
    (tmp_path / "mine").mkdir()
    own = "Answer in the words of a pirate, of the length of a parrot."
    (tmp_path / "mine" / "answer_length_normal.txt").write_text(own)
    with server.running() as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        endpoint.play(server.normal("I can't say. NOT_IN_THE_PAPERS", cost=0.01))
        grid = 'embedder = ["hash"]\nmodel = ["openai:m"]\nprompts = ["default", "mine"]\n'
        assert main(swept(grid, "--json", "--concurrency", "1")) == 0
        said = [
            "pirate" in message["content"]
            for exchange in endpoint.requests
            for message in exchange.body["messages"]
            if message["role"] == "system" and "NOT_IN_THE_PAPERS" in message["content"]
        ]
    told = json.loads(capsys.readouterr().out)
    assert said == [False] * (len(said) // 2) + [True] * (len(said) // 2)
    assert sum(said) >= 3
    shipped, mine = configs(tmp_path / "out")
    assert shipped["prompt"] != mine["prompt"]
    assert [row["labels"]["prompts"] for row in told["rows"]] == ["default", "mine"]
