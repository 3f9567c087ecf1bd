"""A process of its own that ingests generated papers and says what was acknowledged.

    python -m tests.index.ingest_slowly FOLDER COUNT

Prints one id a line as soon as its paper is committed, then ``done``.
"""

from __future__ import annotations

import sys

import chromadb  # noqa: F401 - now, so that it takes none of the time in which we are killed

from index import ingest
from index.report import AddProgress
from index.store import PaperIndex
from tests.index.papers import papers
from tests.index.telling import Telling


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def main() -> None:
    folder, count = sys.argv[1], int(sys.argv[2])
    ingest.BATCH = 8

    def say(progress: AddProgress) -> None:
        _say(*progress.committed)

    with PaperIndex.open(folder, embedder=Telling(), lock_wait=30) as store:
        _say("open")
        store.add(papers(count), progress=say)
    _say("done")


if __name__ == "__main__":
    main()
