"""Opens the store, and fills a new one with the sample on first use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import IndexNotReady
from index.report import AddProgress
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import add_sample, open_index
from ui.terminal import bar, clean, note


@contextmanager
def open_store(settings: Settings, *, reading: bool = False) -> Iterator[PaperIndex]:
    """The store as it is, empty or not; a new folder becomes a store.

    ``reading``: a folder that was named and holds no store is IndexNotReady, since a verb that
    only looks must not answer a typing mistake with a new and empty store.
    """
    create = not reading or settings.store is None
    with open_index(settings, sample=False, create=create) as index:
        yield index


def ensure_filled(index: PaperIndex, settings: Settings) -> None:
    """Adds the sample corpus to a new store on this machine.

    Raises IndexNotReady for a store that was emptied, and for an empty one on a server.
    """
    if index.count():
        return
    remote = settings.store is not None and settings.store.startswith(
        ("http://", "https://", "cloud:")
    )
    if remote or index.revision:
        message = f"the store {clean(index.location)} holds no papers"
        raise IndexNotReady(f"{message}; add some with: paperchat index PATH")
    _fill(index)


def _fill(index: PaperIndex) -> None:
    note(f"The store {clean(index.location)} is new: adding the sample corpus.")
    with bar("indexing the sample") as update:

        def progress(state: AddProgress) -> None:
            update(state.seen, state.total)

        add_sample(index, progress=progress)
    note(f"{index.count()} papers added. Add your own with: paperchat index PATH")
