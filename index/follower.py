"""Vectors on their way into Chroma while the next batch is being embedded."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from index.derived import Derived


class Follower:
    """Writes vectors into Chroma in a thread of its own, while the next batch is embedded."""

    def __init__(self, derived: Derived) -> None:
        self._derived = derived
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="paperchat-vectors")
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def follow(self) -> None:
        """Catch up with the catalogue, unless that is going on already."""
        if self._running is None or self._running.done():
            if self._running is not None:
                self._running.result()
            self._running = self._pool.submit(self._derived.sync_vectors)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)
        self._derived.sync()
