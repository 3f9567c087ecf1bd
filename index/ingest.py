"""Papers into the catalogue, a batch at a time: what is new is chunked, embedded and committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from index.catalogue import Catalogue
from index.changes import Built, Entry, commit
from index.chunking import Chunking
from index.embedded import embed_chunks
from index.embedding import Embedder
from index.report import AddProgress, AddReport
from index.resolver import Resolver
from index.types import Chunk, Paper, Problem
from index.validity import invalid, printable

BATCH = 64


class Ingest:
    """One run of ``PaperIndex.add``. Holds the papers of one batch (of all, in a dry run)."""

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        chunking: Chunking,
        *,
        committed: Callable[[int], None],
        progress: Callable[[AddProgress], None] | None = None,
        dry_run: bool = False,
    ) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._chunking = chunking
        self._committed = committed
        self._progress = progress
        self._dry_run = dry_run
        self._resolver = Resolver(catalogue)
        self._rejected: list[Problem] = []
        self._notes: list[Problem] = []
        self._seen = 0

    def run(self, papers: Iterable[Paper | Problem], total: int | None = None) -> AddReport:
        """Take them all, a batch and a commit at a time; the report counts what happened."""
        for batch in _batches(papers):
            self._take(batch, total)
        counts = self._resolver.counts
        return AddReport(
            added=counts["added"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            merged=counts["merged"],
            rejected=tuple(self._rejected),
            notes=tuple(self._notes),
        )

    def _take(self, batch: Sequence[Paper | Problem], total: int | None) -> None:
        papers = []
        for item in batch:
            if isinstance(item, Problem):
                (self._rejected if item.rejected else self._notes).append(item)
                continue
            self._seen += 1
            fault = invalid(item)
            if fault is None:
                papers.append(item)
            else:
                source = ", ".join(item.pages) or "a paper without a source"
                self._rejected.append(Problem(printable(source), fault))
        self._notes += self._resolver.take(papers)
        saved: tuple[str, ...] = ()
        if not self._dry_run:
            saved = self._commit()
        if self._progress is not None:
            self._progress(self._state(total, saved))

    def _state(self, total: int | None, saved: tuple[str, ...]) -> AddProgress:
        counts = self._resolver.counts
        return AddProgress(
            seen=self._seen,
            added=counts["added"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            merged=counts["merged"],
            rejected=len(self._rejected),
            total=total,
            committed=saved,
        )

    def _commit(self) -> tuple[str, ...]:
        changed, deletions = self._resolver.pending()
        if changed or deletions:
            entries = self._entries(changed)
            built = built_with(self._embedder, self._chunking)
            self._committed(commit(self._catalogue, built, entries, deletions))
        self._resolver.forget()
        return tuple(paper.id for paper, _, _ in changed)

    def _entries(self, changed: Sequence[tuple[Paper, str, bool]]) -> list[Entry]:
        """All new texts of a batch are embedded in one call."""
        new = [(paper, chunked(paper, self._chunking)) for paper, _, new in changed if new]
        embedded = embed_chunks(self._embedder, self._chunking, new)
        made = {
            paper.id: (chunks, mine) for (paper, chunks), mine in zip(new, embedded, strict=True)
        }
        return [Entry(paper, key, *made.get(paper.id, ())) for paper, key, _ in changed]


def built_with(embedder: Embedder, chunking: Chunking) -> Built:
    """What the manifest records."""
    return Built(embedder.spec, embedder.fingerprint, embedder.dimension, chunking.name)


def chunked(paper: Paper, chunking: Chunking) -> list[Chunk]:
    """At least one chunk."""
    whole = Chunk(f"{paper.id}#0", paper.id, paper.abstract, 0, len(paper.abstract))
    return chunking.chunks(paper) or [whole]


def _batches(papers: Iterable[Paper | Problem]) -> Iterator[list[Paper | Problem]]:
    batch: list[Paper | Problem] = []
    for item in papers:
        batch.append(item)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
