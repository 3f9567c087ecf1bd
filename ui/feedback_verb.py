"""The verb ``eval from-feedback``: cases made of the thumbs that were given on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.options import DebugOption, run_guarded

feedback = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@feedback.command(epilog="Example: PROG from-feedback --out cases.jsonl")
def from_feedback(
    ctx: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A new file; by default they are printed."),
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", help="One account's thumbs; by default everyone's.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Make cases of the thumbs that were given on the page.

    A thumb up takes the papers cited for the right ones. A thumb down waits for a person, marked
    "reviewed": false, and is not run before.
    """
    from ui.conversations.writing import write_cases

    run_guarded(lambda: write_cases(out, user), debug=debug or bool(ctx.obj))
