"""A file of texts by key: bounded, shared, and never an error."""

import random
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from itertools import count

import pytest

from index.keyvalue import KeyValueFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "values.sqlite"


def opened(path, most_bytes=100_000) -> KeyValueFile:
    ticks = count()
    return KeyValueFile(path, most_bytes=most_bytes, clock=lambda: float(next(ticks)))


def test_what_was_put_is_there_and_what_was_not_is_not(path):
    file = opened(path)
    assert file.get("a") is None
    assert not path.exists()
    file.put("a", "one\n\x00é中\ud800")
    file.put("b", "two")
    file.put("b", "three")
    assert (file.get("a"), file.get("b"), file.get("c")) == (None, "three", None)
    file.put("a", "one\n\x00é中")
    assert opened(path).get("a") == "one\n\x00é中"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_stays_small_and_keeps_what_is_used(path):
    file = opened(path, most_bytes=1_000)
    for number in range(50):
        file.put(f"k{number}", "x" * 100)
        assert file.get("k0") is not None
    kept = [number for number in range(50) if file.get(f"k{number}")]
    assert kept == [0, *range(42, 50)]
    file.put("large", "x" * 2_000)
    assert file.get("large") is None
    assert file.get("k49") is not None


@pytest.mark.parametrize("damage", ["garbage", "empty", "cut", "folder", "other tables"])
def test_a_damaged_file_is_an_empty_one_and_works_again(path, damage):
    file = opened(path)
    file.put("a", "one" * 1_000)
    whole = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "other tables":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE entries (other TEXT)")
        connection.close()
    else:
        path.write_bytes({"garbage": b"x" * 5_000, "empty": b"", "cut": whole[:5_000]}[damage])
    assert file.get("a") is None
    file.put("b", "two")
    if damage != "folder":
        file.put("b", "two")
        assert file.get("b") == "two"


def test_flipped_bytes_never_raise_and_never_change_a_value(path):
    rng = random.Random(0)
    file = opened(path)
    value = "the quick brown fox " * 40
    kept = 0
    for _ in range(150):
        for key in "abc":
            file.put(key, value)
        kept += file.get("a") == value
        raw = bytearray(path.read_bytes())
        for _ in range(rng.choice([1, 4, 40])):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        path.write_bytes(raw)
        assert all(file.get(key) in (value, None) for key in "abc")
    assert kept > 75  # a put that finds the file damaged may be lost, the next one is not


def test_where_it_cannot_be_written_nothing_is_kept(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x")
    file = opened(blocked / "values.sqlite")
    file.put("a", "one")
    assert file.get("a") is None


def test_a_locked_file_is_left_in_peace(path):
    file = opened(path)
    file.put("a", "one")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    assert file.get("a") is None
    assert time.monotonic() - started < 5
    other.execute("ROLLBACK")
    other.close()
    assert file.get("a") == "one"


def test_several_threads_share_it(path):
    file = opened(path)
    problems = []

    def work(name):
        try:
            for number in range(30):
                file.put(f"{name}{number}", name * number)
                assert file.get(f"{name}{number}") == name * number
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_several_processes_share_it(path):
    code = (
        "import sys; from pathlib import Path; from index.keyvalue import KeyValueFile\n"
        "file = KeyValueFile(Path(sys.argv[1]), most_bytes=10**6)\n"
        "for n in range(60): file.put(f'{sys.argv[2]}{n}', sys.argv[2] * 50)\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "xyz"]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    file = opened(path)
    found = [file.get(f"{name}{n}") for name in "xyz" for n in range(60)]
    assert {value for value in found if value} == {"x" * 50, "y" * 50, "z" * 50}
    assert sum(value is not None for value in found) > 150
