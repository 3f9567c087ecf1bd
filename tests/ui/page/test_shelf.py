"""The Collection tab's handlers without a browser: what is read when, and a store that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.errors import IndexNotReady
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.index.papers import papers
from tests.ui.asker import INFO
from ui.collection import topics
from ui.page.shelf import NEVER, UNREAD, Shelf

EMPTY_FIELDS = ("", "", "", [], "Newest first")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaperIndex]:
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as opened:
        opened.add(papers(12))
        yield opened


@pytest.fixture
def shelf(store: PaperIndex) -> Shelf:
    return Shelf(store, lambda: INFO)


def drawn(shelf: Shelf, seen: int, mapped: int) -> list[tuple[Any, ...]]:
    async def all_parts() -> list[tuple[Any, ...]]:
        return [part async for part in shelf.draw(seen, mapped)]

    return asyncio.run(all_parts())


def test_a_tab_that_was_not_opened_reads_nothing(shelf, store, monkeypatch) -> None:
    monkeypatch.setattr(store, "query", lambda: pytest.fail("was read"))
    assert shelf.renew(NEVER)[1] == NEVER
    assert len(shelf.relist(NEVER, NEVER, *EMPTY_FIELDS)) == 4
    assert len(drawn(shelf, NEVER, NEVER)) == 1


def test_rows_are_listed_once_a_revision(shelf, store) -> None:
    _, seen = shelf.open(NEVER)
    count, table, ids, listed = shelf.relist(seen, NEVER, *EMPTY_FIELDS)
    assert "12 papers" in count
    assert len(table["data"]) == len(ids) == 12
    assert listed == seen == store.revision
    assert shelf.relist(seen, listed, *EMPTY_FIELDS)[1] != table
    store.add(papers(1, start=12))
    _, seen = shelf.renew(seen)
    assert "13 papers" in shelf.relist(seen, listed, *EMPTY_FIELDS)[0]


def test_a_store_that_cannot_be_read_is_told_of_and_tried_again(shelf, store, monkeypatch) -> None:
    def gone(*_args):
        raise IndexNotReady("the store is <gone>")

    with monkeypatch.context() as patched:
        patched.setattr(store, "query", gone)
        patched.setattr(store, "get", gone)
        patched.setattr(topics, "map_of", gone)
        _, seen = shelf.open(NEVER)
        assert seen == UNREAD
        told, _, _, listed = shelf.relist(seen, NEVER, *EMPTY_FIELDS)
        assert "the store is &#60;gone&#62;" in told
        assert "gone" in shelf._show("p1")[0]
        head, figure, mapped = drawn(shelf, seen, NEVER)[-1]
        assert "gone" in head
        assert (figure, mapped) == ("", UNREAD)
    _, seen = shelf.open(seen)
    assert "12 papers" in shelf.relist(seen, listed, *EMPTY_FIELDS)[0]
    assert drawn(shelf, seen, mapped)[-1][1].count("data-paper=") == 12


def test_odd_values_from_a_browser_do_no_harm(shelf) -> None:
    assert "12 papers" in shelf.narrow(None, None, 7, "x", "no such order")[0]
    assert "not a date" in shelf.narrow("", "2024-13", "2024-13", [], "Title")[0]
    assert "is gone" in shelf._show("no such paper")[0]
    assert shelf.question("no such paper") == ""
