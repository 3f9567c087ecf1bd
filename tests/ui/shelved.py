"""The page over a real store, its answers from the scripted assistant.

As a program: ``python -m tests.ui.shelved sample|empty FOLDER``; the folder gets the store and,
for as long as they are there, the uploads.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.ui.served import Served, served


@contextmanager
def shelved(what: str, folder: Path) -> Iterator[Served]:
    """The page over a new store: of the "sample", or "empty"."""
    with served(what, str(folder), module="tests.ui.shelved") as page:
        yield page


def main() -> None:
    """Serves until interrupted."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    os.environ["GRADIO_TEMP_DIR"] = str(folder / "uploads")

    from index.hash_embedding import HashEmbedder
    from index.readers import read_all, sample_pages
    from index.store import PaperIndex
    from tests.ui.asker import INFO, ScriptedAsker
    from ui.site import Site
    from ui.view import PageInfo
    from ui.web import serve_page

    def tell(**what: object) -> None:
        print(json.dumps(what), flush=True)  # noqa: T201

    def info() -> PageInfo:
        held = index.info()
        pages, first, last = tuple(held.pages), held.first_date, held.last_date
        return replace(INFO, papers=held.papers, pages=pages, first=first, last=last)

    asker = ScriptedAsker(tell=tell)
    with PaperIndex.open(folder / "store", embedder=HashEmbedder(), lock_wait=0.2) as index:
        if what == "sample":
            index.add(read_all(sample_pages()))
        site = Site(lambda _: asker, info, library=index)
        serve_page(site, open_browser=False, ready=lambda address: tell(ready=address))


if __name__ == "__main__":
    main()
