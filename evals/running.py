"""A run from the command line: cases, store and model by name, kept as it goes."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from evals.cases import SAMPLE, load_cases, unknown_titles
from evals.runner import run
from evals.runs import RunFolder, SavedRun, load_run, new_folder
from evals.types import CaseResult, EvalCase
from index.errors import IndexNotReady
from index.store import PaperIndex
from rag.settings import Settings
from rag.wiring import add_sample, build_assistant, needs_sample, open_index


def run_and_keep(
    path: Path | None,
    settings: Settings,
    *,
    out: Path | None,
    concurrency: int,
    seed: int,
    tell: Callable[[str], None],
) -> SavedRun:
    """Runs the cases of a file (None: the shipped ones) and keeps the run in a folder.

    ``tell`` gets lines for a person: titles that the store doesn't have, and how many cases were
    left out. Raises ConfigError for faulty cases and for a folder that can't be used, and what
    opening the store raises.
    """
    source = path or SAMPLE
    cases = load_cases(source, tell)
    with open_index(settings, sample=False) as index:
        assistant = build_assistant(settings, index=index)
        if needs_sample(index, settings):
            tell(f"The store {index.location} is new: adding the sample corpus.")
            add_sample(index)
        known = [paper.title for paper in index.query()]
        if not known:
            raise IndexNotReady("the store holds no papers; add some with: paperchat index PATH")
        for problem in unknown_titles(cases, known, source.name):
            tell(f"note: {problem}")
        config = _config(source, cases, settings, index) | {
            "concurrency": concurrency,
            "seed": seed,
        }
        stamp = str(config["started"]).replace(":", "").replace("-", "")[:15]
        root = Path(platformdirs.user_data_dir("paperchat", appauthor=False)) / "evals"
        folder = RunFolder(out or new_folder(root, settings.model, stamp), config)
        try:
            with _bar(len(cases)) as advance:

                def done(place: int, result: CaseResult) -> None:
                    folder.add(place, result)
                    advance()

                report = run(
                    cases,
                    assistant,
                    index,
                    concurrency=concurrency,
                    seed=seed,
                    config=config,
                    done=done,
                )
            folder.finish(report)
        finally:
            folder.close()
    return load_run(folder.folder)


def _config(
    source: Path, cases: tuple[EvalCase, ...], settings: Settings, index: PaperIndex
) -> dict[str, Any]:
    """What was run, without secrets."""
    held = index.info()
    return {
        "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cases": source.name,
        "cases_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "n_cases": len(cases),
        "model": settings.model,
        "top_papers": settings.top_papers,
        "max_context_tokens": settings.max_context_tokens,
        "max_output_tokens": settings.max_output_tokens,
        "length": settings.length,
        "strictness": settings.strictness,
        "judge": settings.judge,
        "embedder": held.embedder,
        "chunking": held.chunking,
        "store_papers": held.papers,
        "store_revision": held.revision,
        "paperchat": version("paperchat"),
    }


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("asking", total=total)
        yield lambda: progress.advance(task)
