"""What a store is made of, found at its location or made there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.catalogue import Catalogue
from index.derived import Derived
from index.homes import FolderHome, ServerHome, VectorHome
from index.places import CATALOGUE, make, nothing, place


@dataclass(frozen=True, slots=True)
class Parts:
    """A store's folder on this machine, its name in messages, its catalogue and indexes."""

    folder: Path
    location: str
    catalogue: Catalogue
    derived: Derived


def open_parts(
    location: str | Path | None,
    *,
    catalogue_url: str | None,
    chroma_key: str | None,
    create: bool,
) -> Parts:
    """The parts of the store at a location, as ``PaperIndex.open`` takes it.

    The catalogue is open; the indexes are opened when they are first needed.
    Raises what ``PaperIndex.open`` does.
    """
    folder, server = place(location, chroma_key)
    file = folder / CATALOGUE
    if not create and catalogue_url is None and not file.exists():
        raise nothing(folder)
    make(folder)
    catalogue = Catalogue.open(catalogue_url or file, create=create)
    try:
        store = catalogue.manifest().store
        home: VectorHome = (
            FolderHome(folder / "vectors") if server is None else ServerHome(server, store)
        )
    except BaseException:
        catalogue.close()
        raise
    name = str(folder) if server is None else server.name
    return Parts(folder, name, catalogue, Derived(catalogue, store, folder, home))
