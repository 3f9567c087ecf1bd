"""The verbs about the store: ``index``, ``papers``, ``delete`` and ``info``."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import typer

from index.readers import read_all
from index.report import AddProgress, AddReport
from index.store import PaperIndex
from index.types import Filters
from rag.settings import Settings
from rag.wiring import named_embedder
from ui.opening import open_store, trial_store
from ui.options import Options
from ui.papers import counted, papers_bibtex, papers_csv, papers_lines, papers_table
from ui.terminal import bar, clean, console, emit, emit_json, note

Shape = Literal["lines", "json", "csv", "bibtex"]

_PACKAGES = ("paperchat", "chromadb", "tantivy", "onnxruntime", "llama-index-core", "gradio")


def index_paths(
    options: Options, paths: Sequence[Path], *, dry_run: bool, rebuild: bool, as_json: bool
) -> None:
    """Adds the papers of the paths and says what became of each.

    Exits with 1 where nothing could be read.
    """
    settings = options.settings()
    if rebuild and not dry_run:
        _rebuild(settings)
    if not paths:
        return
    place = trial_store if dry_run else open_store
    with place(settings) as index, bar("indexing") as update:

        def progress(state: AddProgress) -> None:
            update(state.seen, state.total)

        report = index.add(read_all(paths), dry_run=dry_run, progress=progress)
    _print_report(report, dry_run=dry_run, as_json=as_json)
    if report.rejected and not report.added + report.updated + report.unchanged + report.merged:
        note("error: nothing could be read")
        raise typer.Exit(1)


def _rebuild(settings: Settings) -> None:
    """Embeds every paper anew; opened without an embedder, since another one is why it is done."""
    with open_store(replace(settings, embedder=None)) as index:
        with bar("embedding anew") as update:
            index.rebuild(named_embedder(settings, settings.embedder), progress=update)
        note(f"{counted(index.count())} embedded anew, and both search indexes rebuilt.")


def list_papers(options: Options, filters: Filters, shape: Shape) -> None:
    """Prints the papers that meet the conditions, newest first."""
    with open_store(options.settings(), reading=True) as index:
        papers = index.query(filters)
        undated = _undated(index, filters)
    if shape == "json":
        emit_json([paper.to_dict() for paper in papers])
    elif shape == "csv":
        emit(papers_csv(papers))
    elif shape == "bibtex":
        emit(papers_bibtex(papers))
    elif console().is_terminal:
        console().print(papers_table(papers))
    else:
        emit(papers_lines(papers))
    note(counted(len(papers)))
    if undated:
        note(f"note: left out, since their date is not known: {counted(undated)}")


def _undated(index: PaperIndex, filters: Filters) -> int:
    """How many papers a condition on the date leaves out for having none."""
    if filters.since is None and filters.until is None:
        return 0
    others = replace(filters, since=None, until=None)
    return sum(paper.date is None for paper in index.query(others))


def delete_papers(options: Options, ids: Sequence[str]) -> None:
    """Removes papers; exits with 1 where an id is unknown, after removing the others."""
    with open_store(options.settings(), reading=True) as index:
        unknown = [paper_id for paper_id in ids if index.get(paper_id) is None]
        index.delete([paper_id for paper_id in ids if paper_id not in unknown])
    note(f"{counted(len(set(ids) - set(unknown)))} deleted")
    if unknown:
        note(f"error: not in the store: {clean(', '.join(unknown))}; see paperchat papers")
        raise typer.Exit(1)


def show_info(options: Options, *, as_json: bool) -> None:
    """Prints what is in the store, which models are used, versions and sizes."""
    settings = options.settings()
    with open_store(settings, reading=True) as index:
        held = index.info().to_dict()
    versions = {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}
    known = held | {"model": settings.model, "offline": settings.offline, "versions": versions}
    if as_json:
        emit_json(known)
        return
    for name, value in known.items():
        if isinstance(value, dict):
            emit(f"{name}\n")
            for part, detail in value.items():
                emit(f"  {clean(str(part)):<40} {_size(detail) if name == 'bytes' else detail}\n")
        else:
            emit(f"{name:<12} {'-' if value is None else clean(str(value))}\n")


def _print_report(report: AddReport, *, dry_run: bool, as_json: bool) -> None:
    for problem in report.notes:
        note(f"note: {clean(str(problem))}")
    for problem in report.rejected:
        note(f"rejected: {clean(str(problem))}")
    if as_json:
        emit_json(report.to_dict() | {"dry_run": dry_run})
        return
    counts = (
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.merged} merged, {len(report.rejected)} rejected"
    )
    emit(counts + (" (dry run: nothing was changed)\n" if dry_run else "\n"))


def _size(count: object) -> str:
    return f"{int(str(count)) / 1e6:.1f} MB"
