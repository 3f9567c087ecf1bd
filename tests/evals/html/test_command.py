"""``run --html`` and ``show --html``."""

from __future__ import annotations

import json

import pytest

from evals.__main__ import main


@pytest.fixture
def run(asked, tmp_path):
    """The words that run the cases over a small store, and keep the run in ``out``."""
    store, cases = asked
    return ["run", str(cases), "--store", str(store), "--out", str(tmp_path / "out")]


def test_a_run_is_written_as_a_page_and_shown_as_the_same_one(run, tmp_path, capsys) -> None:
    first, again = tmp_path / "first.html", tmp_path / "again.html"
    assert main([*run, "--html", str(first)]) == 0
    assert f"written: {first}" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "out"), "--html", str(again), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == 3
    assert first.read_bytes() == again.read_bytes()
    assert "What combines the weights of models?" in first.read_text("utf-8")


def test_a_page_that_can_not_be_written_costs_no_run(run, tmp_path, capsys) -> None:
    assert main([*run, "--html", str(tmp_path / "absent" / "x.html")]) == 1
    error = capsys.readouterr().err
    assert "can't write the page" in error
    assert "Traceback" not in error
    assert main(["show", str(tmp_path / "out"), "--html", str(tmp_path / "x.html")]) == 0
