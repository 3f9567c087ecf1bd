"""The verbs ``compare`` and ``show``: kept runs, looked at."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.terminal import guarded, note, put, put_json
from evals.verbs.options import DebugFlag, HtmlOption, JsonFlag, MarkdownFlag, RunArgument
from evals.verbs.telling import keep_html, show_report
from index.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Adds the two verbs."""
    app.command(name="compare", epilog="Example: PROG compare runs/before runs/after")(_compare)
    app.command(name="show", epilog="Example: PROG show runs/first")(_show)


def _compare(
    ctx: typer.Context,
    a: Annotated[Path, typer.Argument(metavar="A", help="The folder of the earlier run.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The folder of the later run.")],
    as_json: JsonFlag = False,
    markdown: MarkdownFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Compare two runs case by case, and show both answers where a case flipped."""

    def work() -> None:
        from evals.compare import compare as compared
        from evals.report import comparison_markdown, comparison_table, flipped
        from evals.runs import load_run

        comparison = compared(load_run(a), load_run(b))
        if as_json:
            put_json(comparison.to_dict())
        elif markdown:
            sys.stdout.write(comparison_markdown(comparison))
        else:
            put(comparison_table(comparison))
            for block in flipped(comparison):
                put(block)
        for name, only in (("A", comparison.only_a), ("B", comparison.only_b)):
            if only:
                note(f"only in {name}, left out: {', '.join(only)}")
        if comparison.judges_differ:
            note("other judges or prompts scored A and B: what they scored is left out")

    guarded(work, debug=debug or bool(ctx.obj))


def _show(
    ctx: typer.Context,
    run_folder: RunArgument,
    html: HtmlOption = None,
    as_json: JsonFlag = False,
    markdown: MarkdownFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Show a kept run again, with the cases that fell short."""

    def work() -> None:
        from evals.runs import load_run

        kept = load_run(run_folder)
        if kept.report is None:
            ended = f"it has {len(kept.rows)} finished cases"
            raise ConfigError(f"{run_folder}: the run did not end; {ended}")
        keep_html(kept, html)
        show_report(kept.report, as_json=as_json, markdown=markdown)
        if not as_json and not markdown:
            for row in kept.rows:
                _print_shortfall(row)

    guarded(work, debug=debug or bool(ctx.obj))


def _print_shortfall(row: Mapping[str, Any]) -> None:
    from evals.html.cases import short_of
    from rag.context import clean

    told = {name: row["scores"][name]["why"] for name in short_of(row)}
    whys = [f"{name}: {why}" for name, why in told.items() if why]
    if whys:
        # Questions and answers are a stranger's: nothing in them steers the terminal.
        lines = [f"{row['id']}: {row['question']}", *whys]
        put("\n    ".join(map(clean, lines)))
