"""What to answer, what to search for and which papers to look into: the value planning ends in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from index.embedding import Embedder
from index.types import Filters, Hit, Paper
from rag.planning.hops import Shape

if TYPE_CHECKING:  # it brings the database along, which importing rag should not
    from index.catalogue import StoredChunks


@dataclass(frozen=True, slots=True)
class Plan:
    """What to answer and what to search for.

    ``asked``: the user's own words. ``question``: the same, made to stand alone for a reader.
    ``query`` is searched for first, then each of ``parts``, one a hop. ``focus``: ids of the
    papers that the question points to, in order; ``besides``: ids of those that it wants others
    than. ``shape``: how many papers the answer should draw on. ``missing``: the title of a paper
    that the question is about and that is not here.
    """

    asked: str
    question: str
    query: str
    filters: Filters
    parts: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    shape: Shape = "one"
    missing: str = ""


class Papers(Protocol):
    """The part of PaperIndex that planning and retrieval need."""

    @property
    def embedder(self) -> Embedder:
        """What the papers were embedded with."""
        ...

    def search(self, text: str, k: int = ..., filters: Filters | None = ...) -> list[Hit]:
        """At most k papers that satisfy the filters, best first."""
        ...

    def matching(self, text: str, n: int, *, title_boost: float = ...) -> list[tuple[str, float]]:
        """(paper id, BM25 score) of the papers that match the words best, best first."""
        ...

    def get_many(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """Those of the papers that are there, in the order asked for."""
        ...

    def stored(self, paper_ids: Sequence[str]) -> list[StoredChunks]:
        """Those of the papers that are there, with their chunks and vectors."""
        ...

    def ids(self, filters: Filters | None = ...) -> list[str]:
        """The ids of the papers that satisfy the filters."""
        ...
