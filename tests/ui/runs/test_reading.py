"""Runs as they lie on disk: whole, killed, broken, odd."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.places import evals_folder
from evals.runs import load_run
from index.errors import ConfigError
from rag.types import Turn
from tests.ui.runs.folders import CASES, GOLD, OTHER, keep, keep_all, outcomes
from ui.runs.reading import (
    list_runs,
    read_cases,
    read_replies,
    read_run,
    run_command,
)
from ui.runs.types import Run

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def runs(tmp_path: Path) -> dict[str, Run]:
    keep_all(tmp_path)
    return {run.name: run for run in list_runs(tmp_path)}


def test_runs_come_newest_first_and_tell_what_they_lack(runs):
    assert list(runs) == ["killed", "second", "first", "broken"]
    assert runs["first"].problem == ""
    assert runs["killed"].problem == "did not finish"
    assert runs["broken"].problem == "its results are missing"
    assert (runs["killed"].asked, runs["killed"].planned) == (2, 4)
    assert (runs["second"].asked, runs["second"].failed) == (4, 1)
    assert runs["first"].cases == "sample.jsonl"
    assert runs["first"].started.isoformat() == "2026-03-01T09:00:00+00:00"


def test_measures_are_the_reports_own(runs):
    report = load_run(runs["first"].folder).report["aggregates"]
    assert [m.name for m in runs["first"].measures] == list(report)
    for measured in runs["first"].measures:
        kept = report[measured.name]
        assert (measured.mean, measured.n) == (kept["mean"], kept["n"])
        assert measured.interval == (tuple(kept["interval"]) if kept["interval"] else None)


def test_cases_and_answers_are_what_was_kept(runs):
    cases, unreadable = read_cases(runs["first"])
    assert unreadable == 0
    assert [case.id for case in cases] == [case.id for case in CASES]
    assert cases[0].wanted == (GOLD,)
    rows = {row["id"]: row for row in load_run(runs["first"].folder).rows}
    replies = read_replies(runs["first"], cases)
    for case in cases:
        values = {name: score.value for name, score in case.scores.items()}
        assert values == {n: s["value"] for n, s in rows[case.id]["scores"].items()}
        assert replies[case.id].text == rows[case.id]["answer"]["text"]
        assert replies[case.id].refused == rows[case.id]["answer"]["abstained"]
    assert [(c.title, c.markers) for c in replies["q-1"].cited] == [(GOLD, (1,))]


def test_a_failed_question_has_its_error_and_no_answer(runs):
    cases, _ = read_cases(runs["second"])
    assert cases[1].error.startswith("Timeout")
    assert read_replies(runs["second"], cases)["q-2"] is None


def test_half_a_line_is_left_out_and_told(runs):
    cases, unreadable = read_cases(runs["killed"])
    assert ([case.id for case in cases], unreadable) == (["q-1", "q-2"], 1)


def test_a_run_that_goes_on_is_read_again(tmp_path):
    folder = keep(tmp_path, "r", outcomes(worse=False)[:1], started="2026-03-01", ended=False)
    run = read_run(folder)
    assert len(read_cases(run)[0]) == 1
    line = (folder / "results.jsonl").read_text("utf-8")
    with (folder / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(line.replace('"q-1"', '"q-9"').replace('"place": 0', '"place": 1'))
    assert [case.id for case in read_cases(run)[0]] == ["q-1", "q-9"]


def test_an_answers_key_within_a_text_is_text(tmp_path):
    folder = keep(tmp_path, "r", outcomes(worse=False), started="2026-03-01")
    path = folder / "results.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows[0]["question"] = 'Is this a key, "answer": {"text": "no"}?'
    # Another order of keys, and other spaces, mean the same.
    rows[1] = {"answer": rows[1]["answer"], **rows[1]}
    lines = [json.dumps(rows[0]), json.dumps(rows[1]), json.dumps(rows[2], separators=(",", ":"))]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    cases, unreadable = read_cases(read_run(folder))
    assert unreadable == 0
    assert cases[0].question == rows[0]["question"]
    replies = read_replies(read_run(folder), cases)
    assert [replies[f"q-{n}"].text for n in (1, 2, 3)] == [r["answer"]["text"] for r in rows[:3]]


def test_follow_ups_are_read_with_what_was_said_before(tmp_path):
    turn = Turn("What?", 'A power law, "answer": {"text": "no"}.')
    case = replace(CASES[0], history=(turn,))
    kept = [replace(outcomes(worse=False)[0], case=case)]
    run = read_run(keep(tmp_path, "r", kept, started="2026-03-01"))
    cases, unreadable = read_cases(run)
    assert ([case.id for case in cases], unreadable) == (["q-1"], 0)
    assert read_replies(run, cases)["q-1"].text


def test_no_folder_is_no_run_and_a_file_is_an_error(tmp_path):
    assert list_runs(tmp_path / "nowhere") == ()
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be read"):
        list_runs(tmp_path / "file")


def test_results_that_vanish_leave_no_answer(runs):
    cases, _ = read_cases(runs["first"])
    (runs["first"].folder / "results.jsonl").unlink()
    assert read_cases(runs["first"]) == ((), 0)
    assert read_replies(runs["first"], cases) == {}
    assert OTHER  # the paper is still known to the tests


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(config=JSON, report=JSON, row=JSON, scores=JSON)
def test_whatever_the_files_hold_something_is_told(tmp_path, config, report, row, scores):
    folder = tmp_path / "odd"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "report.json").write_text(json.dumps({"aggregates": report, "cases": row}), "utf-8")
    line = {"id": "x", "scores": scores, "question": row, "place": row, "gold_titles": row}
    lines = [json.dumps(row), json.dumps({**line, "answer": {"citations": row, "text": row}})]
    (folder / "results.jsonl").write_text("\n".join(lines), "utf-8")
    (run,) = list_runs(tmp_path)
    cases, _ = read_cases(run)
    assert len(cases) == 1
    assert set(read_replies(run, cases)) == {"x"}


def test_the_command_makes_runs_where_they_are_looked_for(tmp_path):
    assert run_command(evals_folder()) == "paperchat eval run"
    assert run_command(tmp_path / "my runs").endswith("my runs/first'")
