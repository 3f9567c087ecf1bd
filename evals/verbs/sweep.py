"""The verb ``sweep``: every combination of a grid's settings, side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from evals.terminal import guarded, note, put, put_json
from evals.verbs.options import DebugFlag, JsonFlag, MarkdownFlag
from index.errors import ConfigError

if TYPE_CHECKING:
    from evals.sweep.standing import Result
    from evals.sweep.sweeping import Plan


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command(
        name="sweep", epilog="Example: PROG sweep cases.jsonl --grid grid.toml --out sweep"
    )(_sweep)


def _sweep(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    grid: Annotated[Path, typer.Option(metavar="FILE", help="A TOML file of what to try.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Keep indexes and runs in this folder.")],
    cases: Annotated[
        Path | None,
        typer.Argument(metavar="CASES", help="A JSONL file; by default the cases shipped."),
    ] = None,
    store: Annotated[str | None, typer.Option(help="The store whose papers are asked.")] = None,
    measures: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Measures to show, with commas between.")
    ] = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="Runs that the grid may come to; 50 by default.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be built and run, and end.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never open a connection.")] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Cases at a time; else chosen by the model.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals and tests.")] = 0,
    as_json: JsonFlag = False,
    markdown: MarkdownFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Run the cases with every combination of a grid's settings, and compare the runs.

    An index is built once for each embedder and chunking. Broken off, the same command goes on
    where it was; in the same DIR, a later sweep runs only what is new.
    """

    def work() -> None:
        from evals.sweep.axes import Setup
        from evals.sweep.grid import load_grid
        from evals.sweep.page import keep_page
        from evals.sweep.standing import DEFAULT_MEASURES, known_measures, result
        from evals.sweep.sweeping import plan, sweep
        from rag.settings import Settings

        wanted = known_measures(measures.split(",") if measures else DEFAULT_MEASURES)
        base = Setup(Settings.from_env(store=store, offline=offline))
        found = load_grid(grid, base, most)
        planned = plan(found, cases, out, base=base, seed=seed, tell=note, create=not dry_run)
        _tell(planned, every=dry_run)
        if dry_run:
            return
        swept = sweep(planned, note, concurrency)
        told = result(found, swept, wanted, seed=seed)
        keep_page(told, out / "sweep.html")
        _show(told, as_json=as_json, markdown=markdown)
        note(f"kept in {out}; as a page: {out / 'sweep.html'}")
        broken = [row for row in told.rows if row.failed == len(planned.cases)]
        if broken:
            why = out / "runs" / broken[0].folder / "results.jsonl"
            numbers = ", ".join(str(row.number) for row in broken)
            raise ConfigError(f"every case failed in run {numbers}; see {why} for why")

    guarded(work, debug=debug or bool(ctx.obj))


def _tell(planned: Plan, *, every: bool) -> None:
    """How much there is to do; with ``every``, all of it."""
    runs, left, indexes = planned.runs, planned.open_runs, planned.to_build
    skipped = f", {planned.grid.skipped} skipped" if planned.grid.skipped else ""
    note(
        f"{len(runs)} runs of {len(planned.cases)} cases{skipped}: {len(runs) - len(left)} there"
        f" already, {len(left)} to run, {len(indexes)} indexes to build"
    )
    if not every:
        return
    for run in runs:
        there = "there already" if run.kept else "to run"
        put(f"{run.variant.number:>3}  {planned.grid.name(run.variant)}  ({there})")
    for folder in indexes:
        put(f"to build: {folder.name}")


def _show(told: Result, *, as_json: bool, markdown: bool) -> None:
    """Prints the table as a person or a program wants it."""
    from evals.sweep import table

    if as_json:
        put_json(told.to_dict())
    elif markdown:
        sys.stdout.write(table.markdown(told))
    else:
        width = get_terminal_size().columns
        for line in table.legend(told, width):
            put(line)
        put(table.table(told, width))
        for line in table.lines(told):
            put(line)
