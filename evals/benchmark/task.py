"""A benchmark as it lies in a folder: papers, queries, and what is relevant to them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evals import beir
from evals.formats.beir import recognises
from index.errors import ConfigError
from index.types import Paper


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, and of which papers.

    ``queries``: texts by id, each with at least one relevant paper in ``relevant`` (grades above
    0 by paper). ``corpus``: the SHA-256 of the file of the papers. ``notes``: what was left out
    or is odd, in words. ``sampled``: whether queries were drawn from more of them.
    """

    name: str
    split: str
    papers: tuple[Paper, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]
    corpus: str
    notes: tuple[str, ...] = ()
    sampled: bool = False


def find(name: str, source: Path | None) -> Path:
    """The folder of a benchmark: below ``source`` by its name, or itself by its path.

    Raises ConfigError, which names what is there instead.
    """
    folder = source / name if source else Path(name)
    if recognises(folder):
        return folder
    if not folder.is_dir():
        message = f"there is no folder {folder}" + ("" if source else "; or name one with --from")
    else:
        message = f"{folder} is no benchmark in BEIR's form: it has no corpus.jsonl"
    place = source or folder
    inside = sorted(place.iterdir()) if place.is_dir() else []
    others = [path.name for path in inside if path.is_dir() and recognises(path)]
    raise ConfigError(message + (f"; {place} has {', '.join(others)}" if others else ""))


def load(folder: Path, split: str = "test", most: int | None = None, seed: int = 0) -> Task:
    """The benchmark of a folder, with all queries of a split, or ``most`` of them drawn by seed.

    Raises ConfigError, with file and line, for what is not BEIR's form, and where no query has a
    relevant paper.
    """
    read = beir.load(folder, split)
    if not read.queries:
        raise ConfigError(f"{folder}: no query of the split {split!r} has a relevant paper")
    known = {paper.id for paper in read.papers}
    asked = {query: read.relevant[query] for query in read.queries}
    records = beir.queries(beir.queries_file(folder, split))
    counts = {
        f"queries have no relevant paper in the split {split!r} and were left out": sum(
            query.id not in read.relevant for query in records
        ),
        "ids in the judgements are no query's; their judgements were left out": len(
            read.relevant.keys() - asked.keys()
        ),
        "judgements name papers that corpus.jsonl lacks; they count as not found": sum(
            paper not in known for papers in asked.values() for paper in papers
        ),
        "papers have an id that another one has": len(read.papers) - len(known),
    }
    notes = tuple(f"{count:,} {what}" for what, count in counts.items() if count)
    name = folder.resolve().name
    task = Task(name, split, read.papers, read.queries, asked, digest(folder), notes)
    return task if most is None else _sample(task, most, seed)


def digest(folder: Path) -> str:
    """The SHA-256 of a benchmark's papers as they lie in the file."""
    with (folder / "corpus.jsonl").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sample(task: Task, most: int, seed: int) -> Task:
    if most >= len(task.queries):
        return task
    drawn = set(random.Random(seed).sample(sorted(task.queries), most))
    queries = {query: text for query, text in task.queries.items() if query in drawn}
    relevant = {query: task.relevant[query] for query in queries}
    note = f"{most:,} of {len(task.queries):,} queries were drawn, by the seed {seed}"
    return replace(
        task, queries=queries, relevant=relevant, notes=(*task.notes, note), sampled=True
    )
