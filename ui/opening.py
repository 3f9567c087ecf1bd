"""Opens the store, and fills a new one with the sample on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

from index.errors import IndexNotReady
from index.readers import read_all, sample_pages
from index.report import AddProgress
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import add_sample, needs_sample, open_index
from ui.papers import counted
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


@contextmanager
def trial_store(settings: Settings) -> Iterator[PaperIndex]:
    """The store for a dry run: where there is none, an empty one that is gone afterwards."""
    with ExitStack() as stack:
        try:
            index = open_index(settings, sample=False, create=False)
        except IndexNotReady as error:
            if not str(error).startswith("there is no "):
                raise
            scratch = stack.enter_context(TemporaryDirectory())
            index = open_index(replace(settings, store=scratch, catalogue=None), sample=False)
        yield stack.enter_context(index)


def ensure_filled(index: PaperIndex, settings: Settings) -> None:
    """Adds the sample corpus to a new store on this machine, and says so.

    Raises IndexNotReady for a store that was emptied, and for an empty one on a server.
    """
    if needs_sample(index, settings):
        fill(index)
    elif not index.count():
        message = f"the store {clean(index.location)} holds no papers"
        raise IndexNotReady(f"{message}; add some with: paperchat index PATH")


def fill(
    index: PaperIndex, tell: Callable[[AddProgress, int], None] = lambda _state, _total: None
) -> None:
    """Adds the sample, with a bar in the terminal; ``tell`` hears of it too, and may raise.

    It is given what was done and how many papers there will be.
    """
    state = "lacks a part of the sample" if index.count() else "is new"
    note(f"The store {clean(index.location)} {state}: adding the sample corpus.")
    with bar("indexing the sample") as update:
        found = index.add(list(read_all(sample_pages())), dry_run=True)
        total = found.added + found.updated + found.unchanged

        def progress(state: AddProgress) -> None:
            update(state.added + state.updated + state.unchanged, total)
            tell(state, total)

        add_sample(index, progress=progress)
    note(f"{counted(index.count())} added. Add your own with: paperchat index PATH")
