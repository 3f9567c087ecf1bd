"""Dropped files are taken in, told of and gone afterwards, whatever is in them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.index.papers import papers
from ui.collection import receiving
from ui.collection.adding import Progress, Report
from ui.collection.receiving import receive


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaperIndex]:
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as opened:
        yield opened


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """A file in a folder of its own, as an upload has it."""
    path = tmp_path / "cache" / "hash" / "new.jsonl"
    path.parent.mkdir(parents=True)
    lines = [{"title": p.title, "abstract": p.abstract} for p in papers(100)]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


def test_news_come_while_papers_are_added_and_the_file_is_gone(store, dropped) -> None:
    news = list(receive(store, [dropped]))
    assert [n.done for n in news if isinstance(n, Progress)] == [0, 0, 64, 100]
    report = news[-1]
    assert isinstance(report, Report)
    assert (report.added, report.stopped) == (100, "")
    assert not dropped.parent.exists()
    assert dropped.parent.parent.exists()


def test_adding_goes_on_though_nobody_listens(store, dropped) -> None:
    news = receive(store, [dropped])
    next(news)
    news.close()
    give_up = time.monotonic() + 20
    while dropped.exists() and time.monotonic() < give_up:
        time.sleep(0.01)
    assert store.count() == 100
    assert not dropped.exists()


def test_a_stop_is_heard_and_the_file_is_gone_all_the_same(store, dropped) -> None:
    stop = threading.Event()
    stop.set()
    report = list(receive(store, [dropped], stop=stop))[-1]
    assert isinstance(report, Report)
    assert (report.added, report.stopped) == (0, "it was stopped")
    assert not dropped.exists()


def test_a_fault_is_reported_and_the_file_is_gone(store, dropped, monkeypatch, caplog) -> None:
    def fail(*_args, **_known):
        raise ZeroDivisionError

    monkeypatch.setattr(receiving, "add_files", fail)
    (report,) = receive(store, [dropped])
    assert isinstance(report, Report)
    assert "the terminal shows" in report.stopped
    assert "ZeroDivisionError" in caplog.text
    assert not dropped.exists()


def test_files_that_are_gone_already_do_no_harm(store, tmp_path) -> None:
    report = list(receive(store, [tmp_path / "none" / "gone.csv", Path("nul\0")]))[-1]
    assert isinstance(report, Report)
    assert len(report.rejected) == 2
    assert tmp_path.exists()
