"""Chat's options, before the verb and after it, and the verbs about accounts."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ui import asking
from ui.accounts import Accounts
from ui.cli import app
from ui.options import Door


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the command; gives its result and the door that the page would have had."""
    doors: list[Door] = []
    monkeypatch.setattr(asking, "open_page", lambda options, door: doors.append(door))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    def command(*words: str, said: str = ""):
        doors.clear()
        result = CliRunner().invoke(app, list(words), input=said)
        return result, doors[0] if doors else None

    return command


@pytest.mark.parametrize(
    ("words", "door"),
    [
        ([], Door()),
        (["chat"], Door()),
        (["--port", "7911"], Door(port=7911)),
        (["chat", "--port", "7911"], Door(port=7911)),
        (["--port", "7911", "chat"], Door(port=7911)),
        (["--port", "7911", "--no-browser", "chat", "--port", "8000"],
         Door(port=8000, browser=False)),
        (["--no-browser", "chat", "--browser"], Door(browser=True)),
        (["--host", "::1", "--auth"], Door(host="::1", auth=True)),
        (["--allow-host", "a.example", "chat"], Door(allow_host=("a.example",))),
        (["chat", "--allow-host", "a.example", "--allow-host", "b.example"],
         Door(allow_host=("a.example", "b.example"))),
    ],
)  # fmt: skip
def test_the_bare_command_takes_chats_options(run, words, door):
    result, given = run(*words)
    assert (result.exit_code, given) == (0, door), result.output


@pytest.mark.parametrize(
    "option", [["--port", "7911"], ["--no-browser"], ["--auth"], ["--allow-host", "a"]]
)
def test_other_verbs_refuse_them(run, option):
    result, given = run(*option, "info")
    assert result.exit_code == 2
    assert given is None
    assert "goes with chat" in result.output


def test_an_account_is_made_listed_and_removed(run, tmp_path):
    file = tmp_path / "people"
    for name in ("ben", "anna"):
        result, _ = run("account", "add", name, "--file", str(file), said="long enough\n")
        assert result.exit_code == 0, result.output
    assert Accounts(file).check("anna", "long enough")
    assert run("account", "list", "--file", str(file))[0].stdout == "anna\nben\n"
    assert run("account", "remove", "ben", "--file", str(file))[0].exit_code == 0
    assert run("account", "remove", "ben", "--file", str(file))[0].exit_code == 1
    assert Accounts(file).names() == ("anna",)


def test_the_password_is_not_an_argument_and_not_shown(run, tmp_path):
    result, _ = run("account", "add", "anna", "--file", str(tmp_path / "x"), said="long enough\n")
    assert "long enough" not in result.output
    assert run("account", "add", "anna", "secret password")[0].exit_code == 2


@pytest.mark.parametrize(("name", "said"), [("../x", "long enough\n"), ("anna", "short\n")])
def test_what_can_be_no_account_is_refused(run, tmp_path, name, said):
    file = tmp_path / "people"
    result, _ = run("account", "add", name, "--file", str(file), said=said)
    assert result.exit_code == 1
    assert not file.exists()


def test_a_page_for_nobody_is_refused(run, monkeypatch, tmp_path):
    monkeypatch.undo()
    store = ["--store", str(tmp_path / "store"), "--no-browser"]
    result = CliRunner().invoke(app, [*store, "--auth-file", str(tmp_path / "nobody")])
    assert result.exit_code == 1
    assert "paperchat account add" in result.output
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("name", "said"), [("papers.example.org", "--auth"), ("https://papers.example.org", "https://")]
)
def test_a_name_needs_accounts_and_to_be_one(run, monkeypatch, tmp_path, name, said):
    monkeypatch.undo()
    store = tmp_path / "store"
    words = ["--store", str(store), "--no-browser", "--allow-host", name]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert said in result.output
    assert not store.exists()


def test_a_page_for_all_machines_without_accounts_is_refused(run, monkeypatch, tmp_path):
    monkeypatch.undo()
    result = CliRunner().invoke(
        app, ["--store", str(tmp_path / "store"), "--no-browser", "--host", "0.0.0.0"]
    )
    assert result.exit_code == 1
    assert "--auth" in result.output
    assert not (tmp_path / "store").exists()
