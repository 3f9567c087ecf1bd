"""The verb ``review``: drafted cases accepted, changed or dropped by a person."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evals.terminal import guarded, note, put
from evals.verbs.options import DebugFlag
from index.errors import ConfigError

StoreOption = Annotated[
    str | None, typer.Option(help="The store of the papers, to show quotes in their abstracts.")
]


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    example = "Example: PROG review drafts.jsonl --store store"
    app.command(name="review", epilog=example)(_review)


def _review(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A JSONL file of cases.")],
    store: StoreOption = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Accept this case; ask nothing.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Drop this case; ask nothing.")
    ] = None,
    debug: DebugFlag = False,
) -> None:
    """Go through the cases of a file that wait for a person, one after the other.

    Each decision is written at once. In a script: --accept ID and --drop ID, as often as needed.
    """

    def work() -> None:
        from evals.cases import normalise
        from evals.converting import store_papers
        from evals.drafting import reviewing
        from evals.drafting.dialogue import review

        if accept or drop:
            for names, decide in ((accept, reviewing.accept), (drop, reviewing.drop)):
                for name in names or ():
                    decide(file, name)
            note(f"{len(accept or ())} accepted, {len(drop or ())} dropped in {file}")
            return
        if not reviewing.waiting(file):
            note(f"{file}: no case waits for a review")
            return
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            todo = "in a script, give --accept ID or --drop ID"
            raise ConfigError(
                f"review asks about each case in a terminal, and here is none; {todo}"
            )
        papers = {normalise(paper.title): paper for paper in store_papers(store)}
        note(f"{file}: {review(file, papers, _ask, put)}")

    guarded(work, debug=debug or bool(ctx.obj))


def _ask(label: str, text: str) -> str:
    """A line of the user's; ``text`` stands there to be changed, where the system can do that."""
    try:
        import readline
    except ImportError:  # then an empty line keeps the text
        return input(label) or text
    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        return input(label)
    finally:
        readline.set_startup_hook()
