"""After any sequence of changes, by any of several openings, all three parts agree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Paper
from tests.index.agreement import assert_agreement
from tests.index.papers import paper

NUMBERS = st.integers(0, 11)


class Store(RuleBasedStateMachine):
    """A store beside a dictionary of what should be in it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._store = self._open()
        self._other: PaperIndex | None = None
        self._expected: dict[str, Paper] = {}

    def _open(self) -> PaperIndex:
        return PaperIndex.open(Path(self._folder.name) / "store", embedder=HashEmbedder())

    @initialize()
    def start(self) -> None:
        self._add([paper(0), paper(1)])

    def _add(self, some: list[Paper]) -> None:
        self._store.add(some)
        self._expected |= {one.id: one for one in some}

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=6, unique=True), version=st.integers(0, 2))
    def add(self, numbers: list[int], version: int) -> None:
        self._add([paper(number, version=version) for number in numbers])

    @rule(number=NUMBERS, sentences=st.integers(1, 14))
    def change_length(self, number: int, sentences: int) -> None:
        abstract = " ".join(f"Sentence {n} of {number} holds." for n in range(sentences))
        self._add([paper(number, abstract=abstract)])

    @rule(numbers=st.lists(NUMBERS, max_size=4))
    def delete(self, numbers: list[int]) -> None:
        ids = [f"p{number}" for number in numbers]
        assert set(self._store.delete(ids)) == set(ids) & set(self._expected)
        for paper_id in ids:
            self._expected.pop(paper_id, None)

    @rule()
    def reopen(self) -> None:
        self._store.close()
        self._store = self._open()

    @rule()
    def write_through_another_opening(self) -> None:
        if self._other is None:
            self._other = self._open()
        self._store, self._other = self._other, self._store

    @rule()
    def leave_dirty(self) -> None:
        folder = Path(self._folder.name) / "store" / "vectors"
        self._store.close()
        (folder / "dirty").touch()
        self._store = self._open()

    @precondition(lambda self: self._expected)
    @rule()
    def rebuild(self) -> None:
        self._store.rebuild()

    @invariant()
    def agrees(self) -> None:
        assert {one.id: one for one in self._store.query()} == self._expected
        assert_agreement(self._store)

    def teardown(self) -> None:
        self._store.close()
        if self._other is not None:
            self._other.close()
        self._folder.cleanup()


TestStore = Store.TestCase
TestStore.settings = settings(
    max_examples=6,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
