"""Papers from dropped files into the store that the page answers from.

The page's process reads its store all the time and writes it only here. The store's write lock is
taken for one batch after the other, never while files are read, so that other writers get their
turn; questions go on meanwhile, and see each batch once it is committed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from threading import Event

from index.errors import PaperchatError
from index.readers import bounds, read
from index.readers.text import clean, file_name
from index.report import AddReport
from index.store import PaperIndex
from index.types import Paper, Problem

BATCH = 64
"""Papers that are written under one lock."""

TOLD = 200
"""Most problems that a report names."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Papers done, papers in all (None while the files are being looked through), papers/s."""

    done: int
    total: int | None
    rate: float


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the papers in the files; each counts once as added, merged or unchanged.

    ``merged``: known before, or found more than once here, and now filled in or renewed.
    ``rejected`` and ``notes`` say in which file, at which line and why; ``source`` is a file's
    name without its folder. At most ``TOLD`` of each are kept, ``untold`` counts the rejections
    beyond. ``stopped``: why not everything was added, or ""; what was added before stays.
    """

    files: int = 0
    added: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    untold: int = 0
    stopped: str = ""


def add_files(
    index: PaperIndex,
    paths: Sequence[Path],
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    stop: Event | None = None,
) -> Report:
    """Add what the files hold, whatever their formats, and report on it.

    Nothing is raised for what is in the files, nor for a store that can't be written just now (by
    another process that is writing it, say): the report tells. ``stop`` ends it after a batch.
    """
    progress(Progress(0, None, 0.0))
    told = _Told()
    total, repeated = _survey(paths, told)
    progress(Progress(0, total, 0.0))
    begun, done = time.perf_counter(), 0
    for batch in _batches(paths, repeated):
        if stop is not None and stop.is_set():
            return told.report(len(paths), "it was stopped")
        try:
            told.take(index.add(batch))
        except PaperchatError as error:
            return told.report(len(paths), str(error))
        done += len(batch)
        rate = done / max(time.perf_counter() - begun, 1e-6)
        progress(Progress(done, max(done, total), rate))
    return told.report(len(paths))


def shown_name(path: Path) -> str:
    """A file's name without any folder, written for this system or for Windows."""
    return clean(PureWindowsPath(file_name(Path(path.name))).name) or "unnamed"


@dataclass(slots=True)
class _Told:
    """What a report will say."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    untold: int = 0

    def take(self, report: AddReport) -> None:
        self.counts["added"] += report.added
        self.counts["merged"] += report.updated + report.merged
        self.counts["unchanged"] += report.unchanged
        for problem in (*report.rejected, *report.notes):
            self.note(problem)

    def note(self, problem: Problem) -> None:
        kept = self.rejected if problem.rejected else self.notes
        if len(kept) < TOLD:
            kept.append(problem)
        elif problem.rejected:
            self.untold += 1

    def report(self, files: int, stopped: str = "") -> Report:
        return Report(
            files,
            self.counts["added"],
            self.counts["merged"],
            self.counts["unchanged"],
            tuple(self.rejected),
            tuple(self.notes),
            self.untold,
            stopped,
        )


def _survey(paths: Iterable[Path], told: _Told) -> tuple[int, frozenset[str]]:
    """(how many papers there are, the ids of those that are there more than once)."""
    ids: Counter[str] = Counter()
    for path in paths:
        for item in _read(path):
            if isinstance(item, Paper):
                ids[item.id] += 1
            else:
                told.note(replace(item, source=shown_name(path)))
    return ids.total(), frozenset(paper_id for paper_id, count in ids.items() if count > 1)


def _read(path: Path) -> Iterator[Paper | Problem]:
    """As ``index.readers.read``, but no file that is too large to be held, whatever its format."""
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        size = 0  # the reader says why
    if size > bounds.DOCUMENT:
        most = f"at most {bounds.DOCUMENT // bounds.MIB} MiB can be added here"
        message = f"has {size // bounds.MIB:,} MiB; {most}: split it, or use paperchat index"
        yield Problem(shown_name(path), message)
        return
    yield from read(path)


def _batches(paths: Iterable[Path], repeated: frozenset[str]) -> Iterator[list[Paper]]:
    """All papers, ``BATCH`` or a few more at a time.

    What has one id comes in one batch, since only within one can the store tell a second paper of
    the same title from a new text of the first.
    """
    batch: list[Paper] = []
    later: list[Paper] = []
    for path in paths:
        for item in _read(path):
            if not isinstance(item, Paper):
                continue
            if item.id in repeated:
                later.append(item)
                continue
            batch.append(item)
            if len(batch) >= BATCH:
                yield batch
                batch = []
    for paper in sorted(later, key=lambda paper: paper.id):
        if len(batch) >= BATCH and paper.id != batch[-1].id:
            yield batch
            batch = []
        batch.append(paper)
    if batch:
        yield batch
