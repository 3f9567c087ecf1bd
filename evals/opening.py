"""The store that questions are asked of, as every verb that needs papers opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import IndexNotReady
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import add_sample, needs_sample, open_index


@contextmanager
def papers_store(
    settings: Settings, tell: Callable[[str], None], *, create: bool = True
) -> Iterator[PaperIndex]:
    """The store, with papers in it: a new one is filled with the sample, of which ``tell`` hears.

    Without ``create`` none is made, and nothing added. Raises IndexNotReady for a store that holds
    no papers or, without ``create``, isn't there; and what opening it raises.
    """
    with open_index(settings, sample=False, create=create) as index:
        if create and needs_sample(index, settings):
            tell(f"The store {index.location} is new: adding the sample corpus.")
            add_sample(index)
        if not index.count():
            raise IndexNotReady("the store holds no papers; add some with: paperchat index PATH")
        yield index
