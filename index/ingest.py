"""Papers into the catalogue: which record is which paper, what changed, what must be embedded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from index.catalogue import Catalogue
from index.changes import Built, Entry, commit
from index.chunking import Chunking
from index.embedded import embed_chunks
from index.embedding import Embedder
from index.identity import MAX_ID, content_key, is_derived, merge, variant_id
from index.report import AddProgress, AddReport
from index.types import Chunk, Paper, Problem, with_pages

BATCH = 64
Status = Literal["added", "updated", "unchanged", "merged"]


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
                self._rejected.append(Problem(_printable(source), fault))
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


class Resolver:
    """Decides, one sighting at a time, which paper it belongs to and what is known of it then.

    - A given id names its paper. A paper that was known by a derived id only, with the same
      content, becomes it.
    - A derived id with the content of a known paper belongs to that paper.
    - The same title with another abstract is another paper, unless its only page says so now.

    Of several sightings in one run the first may replace what is stored; later ones only fill
    in what is missing, so that a second run over the same files changes nothing.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.counts: Counter[Status] = Counter()
        self._catalogue = catalogue
        self._status: dict[str, Status] = {}
        self._seen_contents: set[str] = set()
        self._papers: dict[str, Paper | None] = {}  # as they will be; None: not there
        self._stored: dict[str, Paper | None] = {}  # as they are in the catalogue
        self._by_content: dict[str, set[str]] = {}

    def take(self, papers: Sequence[Paper]) -> list[Problem]:
        """Resolve a batch; returns what is worth knowing."""
        keys = [content_key(paper) for paper in papers]
        self._load(papers, keys)
        notes: list[Problem] = []
        for paper, key in zip(papers, keys, strict=True):
            if is_derived(paper):
                notes += self._take_derived(paper, key)
            else:
                notes += self._take_given(paper, key)
            self._seen_contents.add(key)
        return notes

    def pending(self) -> tuple[list[tuple[Paper, str, bool]], list[str]]:
        """((paper, content key, whether its text is new) of each change, ids to delete)."""
        changed, deletions = [], []
        for paper_id, paper in self._papers.items():
            stored = self._stored.get(paper_id)
            if paper is None:
                if stored is not None:
                    deletions.append(paper_id)
            elif paper != stored:
                new = stored is None or _text(paper) != _text(stored)
                changed.append((paper, content_key(paper), new))
        return changed, deletions

    def forget(self) -> None:
        """Drop the batch's papers, once they are committed."""
        self._papers.clear()
        self._stored.clear()
        self._by_content.clear()

    def _load(self, papers: Sequence[Paper], keys: Sequence[str]) -> None:
        """Fetch all that the batch can refer to, in a few queries."""
        unknown = [key for key in dict.fromkeys(keys) if key not in self._by_content]
        found = self._catalogue.ids_by_content(unknown)
        ids = {paper.id for paper in papers}
        ids |= {variant_id(paper) for paper in papers if is_derived(paper)}
        ids |= {paper_id for some in found.values() for paper_id in some}
        missing = sorted(paper_id for paper_id in ids if paper_id not in self._stored)
        stored = self._catalogue.get_many(missing)
        for paper_id in missing:
            self._stored[paper_id] = stored.get(paper_id)
            self._papers.setdefault(paper_id, stored.get(paper_id))
        for key in unknown:
            self._by_content.setdefault(key, set()).update(
                paper_id for paper_id in found.get(key, ()) if self._papers.get(paper_id)
            )

    def _take_given(self, paper: Paper, key: str) -> list[Problem]:
        existing = self._papers.get(paper.id)
        seen = paper.id in self._status
        for former in self._derived_with(key):
            self._put(None, former.id)
            promoted = replace(former, id=paper.id)
            existing = promoted if existing is None else _filled(existing, promoted)[0]
            self._move_status(former.id, paper.id)
        if existing is None:
            self._put(paper, paper.id)
            return []
        return self._merged(*(merge(paper, existing) if seen else merge(existing, paper)))

    def _derived_with(self, key: str) -> list[Paper]:
        papers = [self._papers.get(i) for i in sorted(self._by_content.get(key, ()))]
        return [paper for paper in papers if paper is not None and is_derived(paper)]

    def _take_derived(self, paper: Paper, key: str) -> list[Problem]:
        same = self._best_with(key)
        existing = same or self._papers.get(paper.id)
        if existing is None:
            self._put(paper, paper.id)
            return []
        if same is not None:
            return self._merged(*self._merge_derived(same, paper))
        if self._is_new_text_of(existing, paper):
            return self._merged(*merge(existing, paper))
        variant = variant_id(paper)
        known = self._papers.get(variant)
        if known is not None:
            return self._merged(*self._merge_derived(known, paper))
        self._put(replace(paper, id=variant), variant)
        message = (
            f"{paper.title!r} has another abstract than the paper of that title known as"
            f" {existing.id}: kept as a second paper, {variant}"
        )
        return [Problem(", ".join(paper.pages) or paper.title, message, rejected=False)]

    def _best_with(self, key: str) -> Paper | None:
        """The paper with this content, one with a given id first."""
        ids = sorted(self._by_content.get(key, ()))
        papers = [paper for i in ids if (paper := self._papers.get(i)) is not None]
        return min(papers, key=is_derived, default=None)

    def _is_new_text_of(self, existing: Paper, paper: Paper) -> bool:
        """Whether the existing paper's only page now tells another abstract."""
        only_here = set(existing.pages) <= set(paper.pages)
        mine = is_derived(existing) and content_key(existing) not in self._seen_contents
        return only_here and mine

    def _merge_derived(self, existing: Paper, paper: Paper) -> tuple[Paper, tuple[str, ...]]:
        """A given id's record, and what this run saw before, is only filled in."""
        again = set(existing.pages) <= set(paper.pages)
        if not is_derived(existing) or (existing.id in self._status and again):
            return _filled(existing, paper)
        return merge(existing, paper)

    def _merged(self, merged: Paper, conflicts: tuple[str, ...]) -> list[Problem]:
        self._put(merged, merged.id)
        source = ", ".join(merged.pages) or merged.id
        return [Problem(source, f"{merged.id}: {c}", rejected=False) for c in conflicts]

    def _put(self, paper: Paper | None, paper_id: str) -> None:
        before = self._papers.get(paper_id)
        self._papers[paper_id] = paper
        if before is not None and (paper is None or _text(paper) != _text(before)):
            self._by_content.get(content_key(before), set()).discard(paper_id)
        if paper is None:
            return
        self._by_content.setdefault(content_key(paper), set()).add(paper_id)
        self._note(paper_id, before, paper)

    def _note(self, paper_id: str, before: Paper | None, paper: Paper) -> None:
        status = self._status.get(paper_id)
        if status is None:
            new: Status = "added" if before is None else "unchanged"
            self._set_status(paper_id, "updated" if before not in (None, paper) else new)
        elif before is not None and before != paper:
            self.counts["merged"] += 1
            if status == "unchanged":
                self._set_status(paper_id, "updated")

    def _move_status(self, former: str, paper_id: str) -> None:
        """A paper found its given id: one merge, and still as new as it was."""
        status = self._status.pop(former, None)
        if status is not None:
            self.counts[status] -= 1
        self.counts["merged"] += 1
        if paper_id not in self._status:
            self._status[paper_id] = "added" if status == "added" else "merged"
            if status == "added":
                self.counts["added"] += 1

    def _set_status(self, paper_id: str, status: Status) -> None:
        old = self._status.get(paper_id)
        if old is not None:
            self.counts[old] -= 1
        self._status[paper_id] = status
        self.counts[status] += 1


def _filled(existing: Paper, incoming: Paper) -> tuple[Paper, tuple[str, ...]]:
    """``merge`` with the existing paper's word taken wherever both know something."""
    pages = tuple(sorted({*existing.pages, *incoming.pages}))
    known = replace(incoming, id=existing.id, pages=existing.pages)
    merged, conflicts = merge(known, existing)
    return with_pages(replace(merged, id=existing.id), *pages), conflicts


def _text(paper: Paper) -> tuple[str, str]:
    return paper.title, paper.abstract


def invalid(paper: Paper) -> str | None:
    """Why a paper can't be taken, or None."""
    name = _printable(paper.title.strip() or paper.id)[:80] or "a paper"
    visible = all(char.isprintable() and not char.isspace() for char in paper.id)
    if not paper.id or len(paper.id) > MAX_ID or not visible:
        return f"{name}: its id is empty, longer than {MAX_ID} characters, or holds spaces"
    if not paper.title.strip():
        return f"{name}: it has no title"
    if not paper.abstract.strip():
        return f"{name}: it has no abstract"
    texts = [paper.title, paper.abstract, paper.organisation or "", paper.url or ""]
    texts += [*paper.authors, *paper.pages, *paper.extra.keys(), *paper.extra.values()]
    if any("\x00" in text or not _encodable(text) for text in texts):
        return f"{name}: it holds characters that are no text (half a surrogate pair, or NUL)"
    return None


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


def _batches(papers: Iterable[Paper | Problem]) -> Iterator[list[Paper | Problem]]:
    batch: list[Paper | Problem] = []
    for item in papers:
        batch.append(item)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
