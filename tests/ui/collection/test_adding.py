"""Dropped files: what is added, what is refused and why, while questions are being asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import ModelError
from index.hash_embedding import HashEmbedder
from index.lock import writing
from index.readers import bounds, sample_pages
from index.store import PaperIndex
from index.types import Paper
from tests.index.papers import papers
from ui.collection import adding
from ui.collection.adding import Progress, add_files, shown_name

ABSTRACT = "We bake bread in a stone oven and measure how it rises."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaperIndex]:
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder(), lock_wait=0.1) as opened:
        yield opened


def _jsonl(path: Path, found: list[Paper]) -> Path:
    lines = [json.dumps({"id": p.id, "title": p.title, "abstract": p.abstract}) for p in found]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_papers_are_added_and_found(store: PaperIndex, tmp_path: Path) -> None:
    told: list[Progress] = []
    report = add_files(store, [_jsonl(tmp_path / "new.jsonl", papers(150))], told.append)
    assert (report.files, report.added, report.merged, report.unchanged) == (1, 150, 0, 0)
    assert (report.rejected, report.stopped) == ((), "")
    assert store.search("marker77", 1)[0].paper.id == "p77"
    assert [(p.done, p.total) for p in told] == [
        (0, None), (0, 150), (64, 150), (128, 150), (150, 150)
    ]  # fmt: skip
    assert all(progress.rate > 0 for progress in told[2:])


def test_the_same_files_again_change_nothing(store: PaperIndex, tmp_path: Path) -> None:
    files = [_jsonl(tmp_path / name, papers(70)) for name in ("a.jsonl", "b.jsonl")]
    first = add_files(store, files)
    assert (first.added, first.merged, first.unchanged) == (70, 70, 0)
    known = store.query()
    again = add_files(store, files)
    assert (again.added, again.merged, again.unchanged, again.rejected) == (0, 0, 70, ())
    assert store.query() == known
    assert known[0].pages == ("a.jsonl", "b.jsonl")


def test_two_papers_of_one_title_stay_two_however_far_apart(store, tmp_path: Path) -> None:
    many = [{"title": f"Bread {n}", "abstract": f"{ABSTRACT} {n}"} for n in range(100)]
    many.append({"title": "Bread 0", "abstract": f"Something else altogether. {ABSTRACT}"})
    path = tmp_path / "bread.json"
    path.write_text(json.dumps(many), "utf-8")
    assert add_files(store, [path]).added == 101
    assert store.count() == 101


def test_every_file_that_cannot_be_read_is_refused_by_name(store, tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n" + b"\0" * 99)
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "odd.html").write_text("<!doctype html><p>hello", "utf-8")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "huge.html").open("wb") as huge:
        huge.write(b"<html>")
        huge.truncate(300 * bounds.MIB)
    names = [
        "empty.json", "paper.pdf", "noise.bin", "odd.html", "folder", "huge.html", "gone.csv",
    ]  # fmt: skip
    good = _jsonl(tmp_path / "good.jsonl", papers(2))
    report = add_files(store, [*(tmp_path / name for name in names), good, Path("nul\0")])
    assert report.added == 2
    assert [p.source for p in report.rejected][:-1] == names
    whys = dict(zip(names, (p.message for p in report.rejected), strict=False))
    for name, why in {
        "empty.json": "empty",
        "paper.pdf": "PDF",
        "noise.bin": "binary",
        "odd.html": "known are",
        "folder": "not a file",
        "huge.html": "300 MiB",
        "gone.csv": "does not exist",
    }.items():
        assert why in whys[name]


def test_a_bad_record_is_refused_alone_with_its_line(store, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    good = json.dumps({"title": "Bread", "abstract": ABSTRACT})
    path.write_text(f'{good}\n{{"title": "No abstract"}}\nnot json\n', "utf-8")
    report = add_files(store, [path])
    assert report.added == 1
    assert [(p.source, p.line) for p in report.rejected] == [("some.jsonl", 2), ("some.jsonl", 3)]


def test_reports_stay_short(store, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    line = json.dumps({"title": "No abstract"})
    path.write_text(f"{line}\n" * (adding.TOLD + 7), "utf-8")
    report = add_files(store, [path])
    assert (len(report.rejected), report.untold) == (adding.TOLD, 7)


def test_names_lose_their_folders(store, tmp_path: Path) -> None:
    assert shown_name(Path("/tmp/upload/../../etc/passwd")) == "passwd"
    assert shown_name(Path("..\\..\\system\\a\x1b[31m.json")) == "a[31m.json"
    assert shown_name(Path("..")) == ".."
    assert shown_name(Path("/")) == "unnamed"
    deep = tmp_path / "secret" / "x.csv"
    deep.parent.mkdir()
    deep.write_text("", "utf-8")
    (problem,) = add_files(store, [deep]).rejected
    assert "secret" not in str(problem)


def test_questions_are_answered_while_papers_are_added(store, tmp_path: Path) -> None:
    store.add(papers(20))
    done, failed, asked = threading.Event(), [], [0]

    def ask() -> None:
        while not done.is_set():
            try:
                hits = store.search("marker7 study", 3)
                assert hits[0].paper.id == "p7"
                asked[0] += 1
            except BaseException as error:  # noqa: BLE001
                failed.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        report = add_files(store, [_jsonl(tmp_path / "new.jsonl", papers(300, start=20))])
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert report.added == 300
    assert asked[0] > 3
    assert store.search("marker301", 1)[0].paper.id == "p301"


def test_the_lock_is_free_between_batches(store, tmp_path: Path) -> None:
    seen = []

    def look(progress: Progress) -> None:
        with writing(tmp_path / "store", wait=0):  # raises Locked while add_files holds it
            seen.append(progress.done)

    add_files(store, [_jsonl(tmp_path / "new.jsonl", papers(150))], look)
    assert seen == [0, 0, 64, 128, 150]


def test_another_writer_is_named_and_nothing_is_lost(store, tmp_path: Path) -> None:
    path = _jsonl(tmp_path / "new.jsonl", papers(100))
    with writing(tmp_path / "store", wait=0):
        report = add_files(store, [path, tmp_path / "gone.csv"])
    assert report.added == 0
    assert "is being written by process" in report.stopped
    assert [problem.source for problem in report.rejected] == ["gone.csv"]
    assert add_files(store, [path]).added == 100


def test_what_was_added_before_a_failure_stays(store, tmp_path: Path, monkeypatch) -> None:
    real, calls = store.add, []

    def add(batch):
        calls.append(batch)
        if len(calls) == 2:
            raise ModelError("the embedder is gone")
        return real(batch)

    monkeypatch.setattr(store, "add", add)
    report = add_files(store, [_jsonl(tmp_path / "new.jsonl", papers(150))])
    assert (report.added, report.stopped) == (64, "the embedder is gone")
    assert store.count() == 64


def test_it_can_be_stopped_after_a_batch(store, tmp_path: Path) -> None:
    stop = threading.Event()
    path = _jsonl(tmp_path / "new.jsonl", papers(150))
    report = add_files(store, [path], lambda p: stop.set() if p.done else None, stop=stop)
    assert (report.added, report.stopped) == (64, "it was stopped")


def test_two_at_once_take_turns(store, tmp_path: Path) -> None:
    files = [
        _jsonl(tmp_path / f"{n}.jsonl", [replace(p, id=f"{n}-{p.id}") for p in papers(130)])
        for n in range(2)
    ]
    reports = []
    threads = [
        threading.Thread(target=lambda f=f: reports.append(add_files(store, [f]))) for f in files
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.stopped for report in reports] == ["", ""]
    assert store.count() == 260


def test_saved_pages_are_read_as_on_the_command_line(store) -> None:
    report = add_files(store, sample_pages()[:1])
    assert report.added > 50
    assert report.stopped == ""
