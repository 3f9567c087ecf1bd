"""Stores for the tests of answering: one of three papers for all, and others where wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from index.store import PaperIndex
from index.types import Paper
from tests.rag.corpus import shelved

Shelve = Callable[..., PaperIndex]


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperIndex]:
    """A store of the three papers; nobody writes to it."""
    with shelved(tmp_path_factory.mktemp("three")) as opened:
        yield opened


@pytest.fixture
def shelve(tmp_path: Path) -> Iterator[Shelve]:
    """Makes a store of other papers."""
    with ExitStack() as stack:

        def made(*papers: Paper) -> PaperIndex:
            folder = tmp_path / f"store-{len(list(tmp_path.glob('store-*')))}"
            return stack.enter_context(shelved(folder, papers))

        yield made
