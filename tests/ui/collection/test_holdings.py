"""The tab's data: read once a revision, the map drawn aside."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import IndexNotReady
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.index.papers import papers
from ui.collection import topics
from ui.collection.holdings import Holdings
from ui.collection.topics import TopicMap


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaperIndex]:
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as opened:
        opened.add(papers(12))
        yield opened


def test_papers_are_read_once_a_revision(store, monkeypatch) -> None:
    reads = []
    query = store.query
    monkeypatch.setattr(store, "query", lambda: reads.append(1) or query())
    holdings = Holdings(store)
    assert reads == []
    first = holdings.held()
    assert holdings.held() is first
    assert len(first.rows) == 12
    assert first.timeline_told.startswith("0 papers with a known month")
    store.add(papers(1, start=12))
    assert len(holdings.held().rows) == 13
    assert len(reads) == 2


def test_the_map_is_drawn_once_a_revision(store) -> None:
    holdings = Holdings(store)
    drawn = holdings.drawn().result(60)
    assert drawn.figure.count("data-paper=") == 12
    assert "<li" in drawn.legend
    assert holdings.drawn().result(0) is drawn
    store.add(papers(1, start=12))
    assert holdings.drawn().result(60).figure.count("data-paper=") == 13


def test_nobody_waits_but_for_the_map_itself(store, monkeypatch) -> None:
    """While one map is drawn, all who ask for a newer one share the next."""
    begun, go, made = threading.Event(), threading.Event(), []

    def slow(index):
        made.append(index.revision)
        begun.set()
        assert go.wait(20)
        return TopicMap()

    monkeypatch.setattr(topics, "map_of", slow)
    holdings = Holdings(store)
    first = holdings.drawn()
    assert begun.wait(20)
    assert not first.done()
    store.add(papers(1, start=12))
    promised = {id(holdings.drawn()) for _ in range(5)}
    assert len(promised) == 1
    assert len(holdings.held().rows) == 13
    last = holdings.drawn()
    go.set()
    assert first.result(20).revision < last.result(20).revision == store.revision
    assert len(made) == 2
    # Who leaves takes nothing from the others.
    assert first.cancel() is False


def test_a_failure_is_told_and_the_next_one_tries_again(store, monkeypatch) -> None:
    def fail(_index):
        raise IndexNotReady("the store is gone")

    holdings = Holdings(store)
    with monkeypatch.context() as patched:
        patched.setattr(topics, "map_of", fail)
        with pytest.raises(IndexNotReady, match="gone"):
            holdings.drawn().result(20)
    assert holdings.drawn().result(60).figure


def test_an_empty_store_has_no_figures(tmp_path) -> None:
    with PaperIndex.open(tmp_path / "empty", embedder=HashEmbedder()) as empty:
        holdings = Holdings(empty)
        assert (holdings.held().rows, holdings.held().timeline) == ((), "")
        assert holdings.drawn().result(60).figure == ""


def test_neither_the_tab_nor_its_page_imports_scikit_learn() -> None:
    code = "import sys, ui.page.layout, ui.collection.holdings; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
