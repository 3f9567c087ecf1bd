"""Which record is which paper, and what changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from index.catalogue import Catalogue
from index.identity import content_key, is_derived, merge, variant_id
from index.types import Paper, Problem, with_pages

Status = Literal["added", "updated", "unchanged", "merged"]


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
