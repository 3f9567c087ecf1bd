"""A run from the command line: cases, store and model by name, kept as it goes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evals.cases import SAMPLE, listed, load_cases, unknown_titles
from evals.opening import papers_store
from evals.places import evals_folder
from evals.progress import bar
from evals.runner import asked, summary_of
from evals.runs import RunFolder, SavedRun, load_run, new_folder
from evals.types import EvalCase, Grades
from index.redaction import redact
from index.store import PaperIndex
from rag.assistant import Assistant
from rag.closing import closing_iterator
from rag.messages import prompt_fingerprint
from rag.settings import Settings
from rag.wiring import build_assistant, chat_model

_AT_ONCE = 8  # cases, where a language model is waited for
# The store is told by its identity and what it holds, keys never, and the network by the model.
_DOES_NOT_MATTER = frozenset({"store", "catalogue", "embedder", "api_key", "chroma_key", "offline"})
_LIBRARIES = ("chromadb", "llama-index-core", "onnxruntime", "openai", "tantivy")


def run_and_keep(
    path: Path | None,
    settings: Settings,
    *,
    out: Path | None,
    concurrency: int | None,
    seed: int,
    tell: Callable[[str], None],
    resume: bool = False,
) -> SavedRun:
    """Runs the cases of a file (None: the shipped ones) and keeps the run in a folder.

    To ``resume`` a run in ``out`` asks only the cases that have not ended, or ended in an error.
    ``concurrency``: cases at a time; None: eight for a language model, which is waited for, else
    one. ``tell`` gets lines for a person: titles that the store doesn't have, and how many cases
    were left out. Raises ConfigError for faulty cases and for a folder that can't be used, and
    what opening the store raises.
    """
    source = path or SAMPLE
    cases = load_cases(source, tell)
    chat_model(settings)  # a wrong one is told before a new store is filled
    with papers_store(settings, tell) as index:
        assistant = build_assistant(settings, index=index)
        known = [paper.title for paper in index.query()]
        for line in listed(unknown_titles(cases, known, source.name)):
            tell(f"note: {line}")
        config = configuration(source, cases, settings, index) | {
            "concurrency": cases_at_once(assistant, concurrency),
            "seed": seed,
        }
        folder = RunFolder(out or _own_folder(settings, config), config, resume=resume)
        try:
            return keep(cases, assistant, index, folder)
        except BaseException:
            tell(f"not ended; go on with: --out {folder.folder} --resume")
            raise


def keep(
    cases: Sequence[EvalCase], assistant: Assistant, index: PaperIndex, folder: RunFolder
) -> SavedRun:
    """Asks what the folder doesn't hold yet, as its configuration says, and completes the run."""
    config = folder.config
    try:
        _ask(cases, assistant, index, folder, config["concurrency"])
        kept = load_run(folder.folder)
        grades = [Grades.of_row(row) for row in kept.rows]
        summary = summary_of(grades, seed=config["seed"], config=config)
        folder.finish(summary)
    finally:
        folder.close()
    return replace(kept, report=summary.to_dict())


def cases_at_once(assistant: Assistant, wanted: int | None = None) -> int:
    """How many are asked at a time, where nobody says: more of a model that is waited for."""
    return wanted or (_AT_ONCE if assistant.model.mode == "generative" else 1)


def _ask(
    cases: Sequence[EvalCase],
    assistant: Assistant,
    index: PaperIndex,
    folder: RunFolder,
    at_once: int,
) -> None:
    """Asks what is left, and keeps each result as it comes."""
    known = {row["place"] for row in folder.finished}
    places = [place for place in range(len(cases)) if place not in known]
    left = [cases[place] for place in places]
    with (
        bar("asking", len(cases), len(known)) as advance,
        closing_iterator(asked(left, assistant, index, concurrency=at_once)) as results,
    ):
        for place, result in results:
            folder.add(places[place], result)
            advance()


def _own_folder(settings: Settings, config: Mapping[str, Any]) -> Path:
    """A new folder where runs are kept that nobody gave a place."""
    stamp = str(config["started"]).replace(":", "").replace("-", "")[:15]
    return new_folder(evals_folder(), settings.model, stamp)


def configuration(
    source: Path, cases: tuple[EvalCase, ...], settings: Settings, index: PaperIndex
) -> dict[str, Any]:
    """What was run, without secrets."""
    held = index.info()
    return {
        "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cases": source.name,
        "cases_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "n_cases": len(cases),
        **what_matters(settings),
        "prompt": prompt_fingerprint(settings.length),
        "embedder": held.embedder,
        "chunking": held.chunking,
        "store": index.identity,
        "store_papers": held.papers,
        "store_revision": held.revision,
        "paperchat": version("paperchat"),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def what_matters(settings: Settings) -> dict[str, Any]:
    """The settings that answers, their time or their cost follow from; JSON-ready, without secrets.

    That is every one that isn't known to make no difference: one that is added later matters,
    until it is said to be otherwise.
    """
    names = (field.name for field in fields(settings) if field.name not in _DOES_NOT_MATTER)
    told = {name: getattr(settings, name) for name in names}
    secrets = (settings.api_key, settings.chroma_key)
    return told | {"base_url": settings.base_url and redact(settings.base_url, secrets)}
