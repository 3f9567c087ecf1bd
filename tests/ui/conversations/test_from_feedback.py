"""``paperchat eval from-feedback``."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from evals.cases import load_cases
from tests.ui.conversations.exchanges import finished
from ui.cli import app
from ui.conversations import ConversationStore


@pytest.fixture
def _rated():
    store = ConversationStore.open()
    for user, up in (("ann", True), ("bob", False)):
        conversation = store.start(user)
        store.keep(user, conversation, finished(1, f"What of {user}?"))
        store.rate(user, conversation, 1, up, "Ünder")
    store.close()


def call(*arguments, code: int = 0):
    done = CliRunner().invoke(app, ["eval", "from-feedback", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done


@pytest.mark.usefixtures("_rated")
def test_cases_are_written_to_a_new_file_that_can_be_run(tmp_path):
    out = tmp_path / "cases.jsonl"
    assert "2 cases, 1 of them to be reviewed" in call("--out", out).stderr
    assert [case.question for case in load_cases(out)] == ["What of ann?"]
    before = out.read_bytes()
    assert "name a new file" in call("--out", out, code=1).stderr
    assert out.read_bytes() == before
    assert "can't be written" in call("--out", tmp_path / "no" / "x", code=1).stderr


@pytest.mark.usefixtures("_rated")
def test_cases_are_printed_and_taken_from_one_user():
    (line,) = call("--user", "bob").stdout.splitlines()
    assert json.loads(line)["question"] == "What of bob?"
    assert json.loads(line)["reviewed"] is False
    assert len(call().stdout.splitlines()) == 2


def test_without_ratings_nothing_is_written(tmp_path):
    assert "nothing is rated" in call("--out", tmp_path / "cases.jsonl").stderr
    assert not (tmp_path / "cases.jsonl").exists()


def test_the_verb_is_listed_beside_the_others():
    shown = CliRunner().invoke(app, ["eval", "--help"]).output
    assert "from-feedback" in shown
    assert "compare" in shown
    assert "Example: paperchat eval from-feedback" in call("--help").output
    call("--nonsense", code=2)


def test_an_error_is_one_line_and_debug_shows_where(tmp_path):
    from platformdirs import user_data_path

    path = user_data_path("paperchat", appauthor=False) / "conversations.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("no database at all " * 99)
    assert call(code=1).stderr.count("\n") == 1
    assert "Traceback" in call("--debug", code=1).stderr
