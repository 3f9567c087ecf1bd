"""What is known of papers kept in memory, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from index.catalogue import StoredChunks
from index.late import PaperTokens

_Value = TypeVar("_Value")


class PaperCache(Generic[_Value]):
    """Something of the papers used last; forgets all when it is told to.

    ``fetch``: paper ids to what is known of those that are there. ``size``: bytes of one.
    """

    def __init__(
        self,
        fetch: Callable[[Sequence[str]], dict[str, _Value]],
        size: Callable[[_Value], int],
        limit: int,
    ) -> None:
        self._fetch = fetch
        self._size_of = size
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, _Value] = OrderedDict()
        self._lock = threading.Lock()
        self._generation = 0

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._size = 0
            self._generation += 1

    def get_many(self, paper_ids: Sequence[str]) -> dict[str, _Value]:
        """Those of the papers that are there, in the order asked for."""
        with self._lock:
            generation = self._generation
            found = {i: self._kept[i] for i in paper_ids if i in self._kept}
            for paper_id in found:
                self._kept.move_to_end(paper_id)
        missing = [paper_id for paper_id in dict.fromkeys(paper_ids) if paper_id not in found]
        if missing:
            fetched = self._fetch(missing)
            found |= fetched
            self._keep(fetched, generation)
        return {paper_id: found[paper_id] for paper_id in paper_ids if paper_id in found}

    def _keep(self, fetched: dict[str, _Value], generation: int) -> None:
        with self._lock:
            if generation != self._generation:  # read before a change that came meanwhile
                return
            for paper_id, value in fetched.items():
                if paper_id not in self._kept:
                    self._kept[paper_id] = value
                    self._size += self._size_of(value)
            while self._size > self._limit and self._kept:
                _, dropped = self._kept.popitem(last=False)
                self._size -= self._size_of(dropped)


def chunks_size(stored: StoredChunks) -> int:
    """Roughly: vectors, the abstract, its chunks' texts, and some for the objects."""
    texts = len(stored.paper.abstract) + sum(len(chunk.text) for chunk in stored.chunks)
    return int(stored.vectors.nbytes) + 2 * texts + 2_000


def tokens_size(tokens: PaperTokens) -> int:
    """The arrays, and some for the objects."""
    return int(tokens.vectors.nbytes + tokens.offsets.nbytes) + 500
