"""Opens the store, and fills a new one with the sample on first use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from index.embedding import Embedder, load_embedder
from index.errors import IndexNotReady
from index.report import AddProgress
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import add_sample, check_settings
from ui.terminal import bar, clean, note


@contextmanager
def open_store(settings: Settings) -> Iterator[PaperIndex]:
    """The store as it is, empty or not; a new folder becomes a store."""
    check_settings(settings)
    with bar("rebuilding the search indexes") as update:
        index = PaperIndex.open(
            settings.store,
            embedder=named_embedder(settings),
            catalogue_url=settings.catalogue,
            progress=update,
        )
    with index:
        yield index


def named_embedder(settings: Settings) -> Embedder | None:
    """The embedder that the settings name; None where they leave it to the store."""
    if settings.embedder is None:
        return None
    return load_embedder(settings.embedder, api_key=settings.api_key, base_url=settings.base_url)


@contextmanager
def open_filled(settings: Settings) -> Iterator[PaperIndex]:
    """The store with papers in it: a new one on this machine gets the sample corpus first.

    Raises IndexNotReady for one that was emptied, and for an empty one on a server.
    """
    with open_store(settings) as index:
        if not index.count():
            held = index.info()
            remote = settings.store is not None and settings.store.startswith(
                ("http://", "https://", "cloud:")
            )
            if remote or held.revision:
                message = f"the store {clean(held.location)} holds no papers"
                raise IndexNotReady(f"{message}; add some with: paperchat index PATH")
            _fill(index, held.location)
        yield index


def _fill(index: PaperIndex, location: str) -> None:
    note(f"The store {clean(location)} is new: adding the sample corpus.")
    with bar("indexing the sample") as update:

        def progress(state: AddProgress) -> None:
            update(state.seen, state.total)

        add_sample(index, progress=progress)
    note(f"{index.count()} papers added. Add your own with: paperchat index PATH")
