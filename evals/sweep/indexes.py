"""The indexes of a sweep: one for each embedder and chunking, built once from the same papers."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.cases import listed, unknown_titles
from evals.opening import papers_store
from evals.progress import bar, each
from evals.running import configuration
from evals.sweep.axes import Setup
from evals.types import EvalCase
from index.embedding import Embedder
from index.errors import ConfigError, IndexNotReady
from index.store import PaperIndex
from index.types import Paper
from rag.settings import Settings

MARK = "sweep.json"
"""In an index's folder once all papers are in it."""

_READINGS = 5  # of a store that others write to, until one is undisturbed

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """The papers of a store as they are now, and what each run over them keeps of that.

    ``config`` is ``evals.running.configuration`` of the store itself, and ``papers_sha256``.
    """

    papers: tuple[Paper, ...]
    config: Mapping[str, Any]


def read_source(
    file: Path, cases: tuple[EvalCase, ...], settings: Settings, tell: Tell, *, create: bool = True
) -> Source:
    """The store's papers; a new store is filled with the sample first, as for a run.

    ``tell`` hears of that, and of titles in the cases that the store doesn't have. Raises
    IndexNotReady for a store without papers or, without ``create``, one that isn't there; and
    what opening it raises.
    """
    with papers_store(replace(settings, embedder=None), tell, create=create) as index:
        source = _at_one_moment(index, lambda: configuration(file, cases, settings, index))
        known = [paper.title for paper in source.papers]
        for line in listed(unknown_titles(cases, known, file.name)):
            tell(f"note: {line}")
        return source


def _at_one_moment(index: PaperIndex, configured: Callable[[], Mapping[str, Any]]) -> Source:
    """The papers, and a configuration that names the revision which they are of.

    Raises IndexNotReady for a store that others keep changing.
    """
    for _ in range(_READINGS):
        revision = index.revision
        papers = tuple(index.query())
        config = configured()
        if revision == config["store_revision"] == index.revision:
            return Source(papers, dict(config) | {"papers_sha256": papers_sha256(papers)})
    raise IndexNotReady(f"the store {index.location} is being changed; try again after that")


def papers_sha256(papers: Iterable[Paper]) -> str:
    """64 hexadecimal digits that tell two lots of papers apart, in whatever order they come.

    A store's name and revision don't: a copy of it keeps both, and may get other papers.
    """
    told = [
        (one.id, one.title, one.abstract, str(one.date), one.n_authors, one.pages)
        for one in sorted(papers, key=lambda one: one.id)
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def index_folder(root: Path, source: Source, setup: Setup) -> Path:
    """Where the index of these papers is kept, for a setup's embedder and chunking."""
    name = f"{setup.embedder}-{setup.chunking.name}"
    told = (source.config[key] for key in ("store", "store_revision", "papers_sha256"))
    key = json.dumps([*told, name])
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return root / "indexes" / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)[:60]}-{digest}"


def is_built(folder: Path) -> bool:
    """Whether all papers are in the index there."""
    return (folder / MARK).exists()


def build(folder: Path, source: Source, setup: Setup, embedder: Embedder, tell: Tell) -> None:
    """Puts the papers into the index there, unless they are in it already.

    One that was broken off goes on where it was. Raises ConfigError where it can't be written,
    and what opening and adding to a store raises.
    """
    if is_built(folder):
        return
    began, total = time.perf_counter(), len(source.papers)
    with PaperIndex.open(folder, embedder=embedder, chunking=setup.chunking) as index:
        with bar(f"indexing {folder.name}", total) as advance:
            index.add(source.papers, progress=each(advance))
        held = index.count()
    took = time.perf_counter() - began
    mark = {"papers": held, "embedder": setup.embedder, "chunking": setup.chunking.name}
    try:
        (folder / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{folder}: can't be written ({error})") from error
    tell(f"built the index {folder.name}: {held} papers in {took:.0f} s")
