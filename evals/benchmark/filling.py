"""A benchmark's papers as a store: filled once, used again, never mistaken for another's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.benchmark.task import Task
from evals.places import evals_folder
from evals.progress import each
from index.chunking import Chunking
from index.embedding import Embedder
from index.errors import ConfigError
from index.store import PaperIndex

MARK = "benchmark.json"
"""In the store's folder: whose papers it holds, and whether all of them are in it."""


def own_store(task: Task, embedder: Embedder) -> Path:
    """Where the index of these papers is kept for this embedder: by their content."""
    parts = (task.corpus, embedder.fingerprint, Chunking().name)
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    name = "".join(char if char.isalnum() else "-" for char in task.name)[:40]
    return evals_folder().parent / "benchmarks" / f"{name}-{key}"


def fill(
    store: Path,
    task: Task,
    embedder: Embedder,
    added: Callable[[], None] = lambda: None,
) -> PaperIndex:
    """The task's papers as an open store. A second time nothing is done; a filling that was
    ended by force goes on where it was. ``added`` hears of each paper that is in.

    Raises ConfigError where the folder holds other papers or can't be written, and what opening
    and filling a store raises.
    """
    mark = _marked(store)
    index = PaperIndex.open(store, embedder=embedder)
    try:
        others = mark.get("corpus", task.corpus) != task.corpus
        if others or index.count() > (len(task.papers) if mark else 0):
            raise ConfigError(
                f"{store} holds other papers than {task.name}; name another folder with --store"
            )
        if not mark.get("filled"):
            _mark(store, task, filled=False)
            index.add(task.papers, progress=each(added))
            _mark(store, task, filled=True)
    except BaseException:
        index.close()
        raise
    return index


def _marked(store: Path) -> dict[str, Any]:
    """What the store's mark says; nothing where there is none that can be read."""
    try:
        found = json.loads((store / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _mark(store: Path, task: Task, *, filled: bool) -> None:
    text = json.dumps({"benchmark": task.name, "corpus": task.corpus, "filled": filled})
    partial = store / f"{MARK}.partial"
    try:
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(store / MARK)
    except OSError as error:
        raise ConfigError(f"{store} can't be written: {error.strerror}") from error
