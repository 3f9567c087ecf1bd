"""``import`` and ``export``: cases from, and to, the formats that others use."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from evals.cases import check_cases, fields_of, listed, read_cases, unknown_titles
from evals.formats import FORMATS, format_for, lost
from evals.formats.types import Format
from evals.terminal import guarded, note
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper

Tell = Callable[[str], None]

FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help=f"{', '.join(FORMATS)}; by default told by the name."
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(help="The store that holds the cases' papers; by default none is looked at."),
]
DebugFlag = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def register(app: typer.Typer) -> None:
    """Adds the two verbs."""
    example = "Example: PROG import scifact --out scifact.jsonl"
    app.command(name="import", epilog=example)(_import)
    app.command(name="export", epilog="Example: PROG export cases.jsonl --out cases.csv")(_export)


def _import(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A BEIR folder, CSV or JSON.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="A new JSONL file of cases.")],
    form: FormatOption = None,
    split: Annotated[str, typer.Option(help="The split of a BEIR folder.")] = "test",
    store: StoreOption = None,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Leave faulty cases out, and say which.")
    ] = False,
    debug: DebugFlag = False,
) -> None:
    """Make a cases file of a BEIR folder, a CSV file or a LlamaIndex labelled RAG dataset.

    With --store, its papers tell where LlamaIndex's contexts are from, and which titles it lacks.
    """

    def work() -> None:
        papers = store_papers(store)
        cases = import_cases(
            source, format_for(source, form), papers, split, note, skip_faulty=skip_faulty
        )
        lines = (json.dumps(fields_of(case), ensure_ascii=False) + "\n" for case in cases)
        write_new(out, {"": "".join(lines)})
        waiting = sum(not case.reviewed for case in cases)
        note(f"{len(cases)} cases in {out}" + (f", {waiting} to be reviewed" if waiting else ""))

    guarded(work, debug=debug or bool(ctx.obj))


def _export(
    ctx: typer.Context,
    cases: Annotated[Path, typer.Argument(metavar="CASES", help="A JSONL file of cases.")],
    out: Annotated[Path, typer.Option(metavar="TARGET", help="A new file; of BEIR a folder.")],
    form: FormatOption = None,
    store: StoreOption = None,
    debug: DebugFlag = False,
) -> None:
    """Write a cases file as a BEIR folder, CSV or a LlamaIndex labelled RAG dataset.

    With --store, its papers become BEIR's corpus and LlamaIndex's contexts. What the format can't
    hold is counted.
    """

    def work() -> None:
        found = format_for(out, form)
        given = read_cases(cases, note)
        export_cases(given, out, found, store_papers(store), note)
        note(f"{len(given)} cases in {out}")

    guarded(work, debug=debug or bool(ctx.obj))


def import_cases(
    source: Path,
    form: Format,
    papers: tuple[Paper, ...],
    split: str,
    tell: Tell,
    *,
    skip_faulty: bool = False,
) -> tuple[EvalCase, ...]:
    """The cases of another format's file or folder, checked as those of a cases file are.

    ``tell`` hears what was left out, and of titles that the papers (where there are any) lack.
    Raises ConfigError, naming the faulty lines, and where no case is left.
    """
    read = form.read(source, papers, split)
    cases, problems = check_cases(read.rows, read.source)
    faults = [problem for problem in problems if problem.rejected]
    if faults and not skip_faulty:
        shown = "\n  ".join(listed(faults))
        todo = "mend them, or give --skip-faulty"
        raise ConfigError(f"{source}: {len(faults)} faults; {todo}\n  {shown}")
    notes = [*read.notes, *listed(problems)]
    if papers:
        titles = [paper.title for paper in papers]
        notes += listed(unknown_titles(cases, titles, read.source))
    for line in notes:
        tell(f"note: {line}")
    if not cases:
        raise ConfigError(f"{source}: holds no cases of the format {form.name}")
    return cases


def export_cases(
    cases: tuple[EvalCase, ...], out: Path, form: Format, papers: tuple[Paper, ...], tell: Tell
) -> None:
    """Writes the cases, reads them back, and tells what is not the same.

    Raises ConfigError where something is there already, or can't be written.
    """
    written = form.write(cases, papers)
    write_new(out, written.files)
    for line in written.notes:
        tell(f"note: {line}")
    missing = lost(cases, form.read(out, papers, "test").rows)
    if missing:
        counts = ", ".join(f"{name} ({count} cases)" for name, count in missing.items())
        tell(f"note: {form.name} can't hold, or changes: {counts}")


def store_papers(store: str | None) -> tuple[Paper, ...]:
    """The papers of a store; none where it isn't named. Raises what opening it raises."""
    if not store:
        return ()
    from rag.settings import Settings
    from rag.wiring import open_index

    settings = Settings.from_env(store=store)
    with open_index(settings, sample=False, create=False) as index:
        return tuple(index.query())


def write_new(out: Path, files: Mapping[str, str]) -> None:
    """Writes new files below ``out`` ("": itself), or none. Raises ConfigError where one is there
    already, since somebody may have worked on it, or can't be written."""
    places = {out / name if name else out: text for name, text in files.items()}
    for place in places:
        if place.exists():
            raise ConfigError(f"{place} is there already; name a new one with --out")
    for place, text in places.items():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            raise ConfigError(f"{place} can't be written: {error.strerror}") from error
