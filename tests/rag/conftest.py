"""Stores for the tests of answering, and assistants over the one of three papers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from index.store import PaperIndex
from index.types import Paper
from rag.assistant import Assistant
from rag.models.scripted import ScriptedModel
from rag.settings import Settings
from tests.rag.answers import quoting
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


@pytest.fixture
def scripted(index: PaperIndex, tmp_path: Path) -> Callable[..., Assistant]:
    """Makes an assistant whose model says what these lines say."""

    def made(*lines: dict[str, object], **setup: object) -> Assistant:
        path = tmp_path / "script.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return Assistant(index, ScriptedModel(path), Settings(**setup), rng=Random(0))

    return made


@pytest.fixture
def extractive(index: PaperIndex) -> Assistant:
    """An assistant without a language model."""
    return quoting(index)
