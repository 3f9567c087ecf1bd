"""``python -m evals`` over a small real store."""

from __future__ import annotations

import json

import pytest

from evals.__main__ import main
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.test_runner import CASES


def test_run_keeps_a_run_that_show_and_compare_read(asked, tmp_path, capsys):
    store, cases = asked
    out = tmp_path / "out"
    given = ["run", str(cases), "--store", str(store), "--out", str(out), "--json"]
    assert main(given) == 0
    output = capsys.readouterr()
    report = json.loads(output.out)
    assert (report["cases"], report["errors"]) == (3, 0)
    assert report["config"]["model"] == "extractive"
    assert report["config"]["embedder"] == "hash"
    assert f"kept in {out}" in output.err
    assert len((out / "results.jsonl").read_text().splitlines()) == 3

    assert main(["show", str(out)]) == 0
    assert "citation_recall" in capsys.readouterr().out
    assert main(["compare", str(out), str(out), "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert {row["verdict"] for row in compared["measures"]} == {"same"}
    assert main(["compare", str(out), str(out)]) == 0
    assert "verdict" in capsys.readouterr().out
    assert main(given) == 1
    assert "already holds a run" in capsys.readouterr().err


def test_show_lists_what_fell_short_and_lets_nothing_steer_the_terminal(asked, tmp_path, capsys):
    store, cases = asked
    out = tmp_path / "out"
    assert main(["run", str(cases), "--store", str(store), "--out", str(out)]) == 0
    lines = (out / "results.jsonl").read_text().splitlines()
    refused, short, *_ = rows = list(map(json.loads, lines))
    refused["scores"] = {"unanswerable_refused": {"value": 1.0, "why": "refused"}}
    short["question"] = "What clears \x1b[2J the screen?"
    short["scores"] = {"must_contain": {"value": 0.0, "why": "missing: \x1b]0;title\x07 20"}}
    (out / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    capsys.readouterr()
    assert main(["show", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "must_contain: missing: ]0;title 20" in shown
    assert "\x1b" not in shown
    assert "refused: refused" not in shown


def test_runs_go_to_the_user_folder_by_default_and_options_may_come_first(asked, capsys):
    store, cases = asked
    common = ["--store", str(store), "--offline"]
    assert main(["run", str(cases), "--markdown"], common, prog="paperchat eval") == 0
    output = capsys.readouterr()
    assert output.out.startswith("**3 cases, model extractive**")
    assert "evals" in output.err


def test_titles_that_the_store_lacks_are_reported_with_their_line(asked, tmp_path, capsys):
    store, cases = asked
    cases.write_text(json.dumps(CASES[0] | {"gold_titles": ["Nobody wrote this"]}))
    assert main(["run", str(cases), "--store", str(store), "--out", str(tmp_path / "o")]) == 0
    assert "cases.jsonl:1: c1: gold title is not in the store" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "absent.jsonl"], 1, "can't be read"),
        (["show", "absent"], 1, "holds no run"),
        (["run", "--concurrency", "0"], 2, "concurrency"),
        (["nonsense"], 2, "nonsense"),
        (["show"], 2, "RUN"),
    ],
)
def test_errors_are_told_apart_by_exit_code(arguments, code, message, capsys):
    assert main(arguments) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_help_names_the_program_as_it_was_called(capsys):
    for prog in ("python -m evals", "paperchat eval"):
        assert main(["run", "--help"], prog=prog) == 0
        assert f"Example: {prog} run cases.jsonl" in " ".join(capsys.readouterr().out.split())


def test_an_emptied_store_is_an_error(asked, capsys):
    store, cases = asked
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        index.delete(index.ids())
    assert main(["run", str(cases), "--store", str(store)]) == 1
    assert "holds no papers" in capsys.readouterr().err


def test_a_key_in_the_wrong_place_is_not_repeated(asked, monkeypatch, capsys):
    store, cases = asked
    key = "very-secret-0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    for flags in ([], ["--debug"]):
        assert main(["run", str(cases), "--store", str(store), "--model", key, *flags]) == 1
        error = capsys.readouterr().err
        assert "is not a model" in error
        assert ("Traceback" in error) == bool(flags)
        assert key not in error


def test_a_new_store_is_filled_with_the_sample(asked, tmp_path, capsys):
    _, cases = asked
    options = ["--store", str(tmp_path / "new"), "--embedder", "hash", "--json"]
    assert main(["run", str(cases), *options]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["config"]["store_papers"] == 362
    assert "adding the sample corpus" in output.err
