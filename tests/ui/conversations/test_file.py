"""The conversations' file: its owner's alone, made once, and never taken from another program."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from index.errors import ConfigError
from tests.ui.conversations.exchanges import finished
from tests.ui.conversations.test_store import begun, changing
from ui.conversations import ConversationStore, NotKept


def test_the_default_file_is_the_users_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    ConversationStore.open().close()
    assert (tmp_path / "paperchat" / "conversations.sqlite3").is_file()


def test_the_file_is_its_owners_alone(store, tmp_path):
    begun(store)
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["c.sqlite3", "c.sqlite3-shm", "c.sqlite3-wal"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def other_database(path):
    with changing(path.parent) as connection:
        connection.execute("CREATE TABLE theirs (x)")


def newer(path):
    ConversationStore.open(path).close()
    with changing(path.parent) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text("Dear diary, " * 200), "not a database"),
        (lambda path: path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000), "can't be kept"),
        (other_database, "another program's"),
        (newer, "newer paperchat"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(tmp_path, make, message):
    path = tmp_path / "c.sqlite3"
    make(path)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=message) as refused:
        ConversationStore.open(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("begin", ["", "PRAGMA journal_mode = WAL"])
def test_a_file_that_was_hardly_begun_is_taken(tmp_path, begin):
    path = tmp_path / "c.sqlite3"
    path.touch()
    with changing(tmp_path) as connection:
        connection.execute(begin)
    store = ConversationStore.open(path)
    assert tuple(store.load("", begun(store))) == (finished(1),)
    store.close()


def test_a_folder_that_takes_no_file_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "c.sqlite3"):
        with pytest.raises(ConfigError, match=str(path)):
            ConversationStore.open(path)


def test_a_file_that_takes_no_more_is_an_error_of_ours(store, tmp_path):
    conversation = begun(store)
    with changing(tmp_path) as connection:
        connection.execute("DROP TABLE exchanges")
    with pytest.raises(NotKept, match=r"c\.sqlite3 can't be read or written now"):
        store.keep("", conversation, finished(2))
    with pytest.raises(NotKept):
        store.list("")


_KEEPING = """
import sys
from pathlib import Path
from tests.ui.conversations.exchanges import finished
from ui.conversations import ConversationStore
sys.stdin.readline()  # all at once
store = ConversationStore.open(Path(sys.argv[1]))
conversation = store.start("")
for number in range(1, 21):
    store.keep("", conversation, finished(number))
store.close()
"""


def test_processes_make_one_file_at_once_and_lose_nothing(tmp_path, project):
    path = tmp_path / "new" / "c.sqlite3"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _KEEPING, str(path)],
            stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=project, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=100)[1] for process in running]
    assert told == [""] * 3
    store = ConversationStore.open(path)
    assert [summary.turns for summary in store.list("")] == [20] * 3
    store.close()
