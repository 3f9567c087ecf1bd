"""Runs that were ended by force, and gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from evals.__main__ import main
from evals.runs import load_run
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.test_runner import CASES, PAPERS

_MANY = 150


@pytest.fixture
def asked(tmp_path):
    """A store, and a file of so many cases that asking them takes seconds."""
    store, cases = tmp_path / "store", tmp_path / "cases.jsonl"
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        index.add(PAPERS)
    asking = [(f"c{n}", CASES[n % 3]) for n in range(_MANY)]
    many = [case | {"id": i, "question": f"{i}: {case['question']}"} for i, case in asking]
    cases.write_text("".join(json.dumps(case) + "\n" for case in many))
    return store, cases


def command(asked, out, *more):
    store, cases = asked
    return ["run", str(cases), "--store", str(store), "--out", str(out), *more]


def rows(out):
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def killed(given, results, at_least):
    """Runs the command until so many cases are on disk, and kills it in the middle of the next."""
    environment = {**os.environ, "PAPERCHAT_CACHE": "off"}
    run = subprocess.Popen([sys.executable, "-m", "evals", *given], env=environment)
    try:
        while not results.exists() or results.read_bytes().count(b"\n") < at_least:
            assert run.poll() is None, "it ended before it could be killed"
            time.sleep(0.005)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()


def test_a_run_that_is_killed_twice_goes_on_and_loses_no_finished_case(asked, tmp_path, capsys):
    out = tmp_path / "out"
    results = out / "results.jsonl"
    killed(command(asked, out), results, 5)
    first = results.read_bytes()
    first = first[: first.rfind(b"\n") + 1]
    killed(command(asked, out, "--resume"), results, first.count(b"\n") + 5)
    second = results.read_bytes()
    assert second.startswith(first)
    with results.open("ab") as torn:
        torn.write(b'{"place": 149, "id": "c1')  # as a kill in the middle of writing leaves it

    assert main(command(asked, out)) == 1
    assert "--resume" in capsys.readouterr().err
    assert main(command(asked, out, "--resume", "--json")) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["cases"], report["errors"]) == (_MANY, 0)
    assert sorted(row["place"] for row in rows(out)) == list(range(_MANY))
    assert results.read_bytes().startswith(second[: second.rfind(b"\n") + 1])


def test_a_last_line_that_is_cut_anywhere_is_left_out(asked, tmp_path):
    out = tmp_path / "out"
    assert main(command(asked, out)) == 0
    results = out / "results.jsonl"
    first, last, *_ = results.read_bytes().splitlines(keepends=True)
    for cut in range(len(last)):
        results.write_bytes(first + last[:cut])
        assert len(load_run(out).rows) == 1
    results.write_bytes(first + last)
    assert len(load_run(out).rows) == 2


def test_cases_that_failed_are_asked_again(asked, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(command(asked, out)) == 0
    kept = rows(out)
    kept[7] |= {"error": "ModelError: it was away", "answer": None}
    (out / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept))
    assert main(command(asked, out, "--resume", "--json")) == 0
    again = rows(out)
    assert len(again) == _MANY
    assert [row["id"] for row in again if row["error"]] == []
    assert again[-1]["id"] == "c7"


def test_a_run_of_something_else_is_not_gone_on_with(asked, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(command(asked, out)) == 0
    before = (out / "results.jsonl").read_bytes()
    capsys.readouterr()
    assert main(command(asked, out, "--resume", "--seed", "3")) == 1
    assert "seed was 0 and is 3" in capsys.readouterr().err
    assert (out / "results.jsonl").read_bytes() == before
    assert (out / "report.json").exists()


def test_resuming_needs_a_folder(asked, capsys):
    store, cases = asked
    assert main(["run", str(cases), "--store", str(store), "--resume"]) == 1
    assert "--out" in capsys.readouterr().err
