"""The verbs ``import`` and ``export``: cases from, and to, the formats that others use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from evals.terminal import DebugFlag, guarded, note

FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help="beir, csv or llama; by default told by the name."
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(help="The store that holds the cases' papers; by default none is looked at."),
]


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
        from evals.cases import fields_of
        from evals.converting import import_cases, store_papers, write_new
        from evals.formats import format_for

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
        from evals.cases import read_cases
        from evals.converting import export_cases, store_papers
        from evals.formats import format_for

        found = format_for(out, form)
        given = read_cases(cases, note)
        export_cases(given, out, found, store_papers(store), note)
        note(f"{len(given)} cases in {out}")

    guarded(work, debug=debug or bool(ctx.obj))
