"""The verb ``draft``: new cases, written by a language model from the store's papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.terminal import guarded, note
from evals.verbs.options import DebugFlag

_KINDS = "single_fact,numeric,comparison,unanswerable_near"


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    example = "Example: PROG draft --out drafts.jsonl --n 10 --model openai:gpt-5-mini"
    app.command(name="draft", epilog=example)(_draft)


def _draft(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A JSONL file; one that is there is continued."),
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=1_000, help="How many cases.")] = 20,
    kinds: Annotated[str, typer.Option(metavar="KINDS", help="What to ask for.")] = _KINDS,
    seed: Annotated[int, typer.Option(help="Seed of the draw of papers.")] = 0,
    store: Annotated[str | None, typer.Option(help="The store to draw papers from.")] = None,
    model: Annotated[str | None, typer.Option(help="The model that writes.")] = None,
    embedder: Annotated[str | None, typer.Option(help="The store's embedder.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Never open a connection.")] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Calls at a time; by default 8.")
    ] = None,
    debug: DebugFlag = False,
) -> None:
    """Draft cases from the store's papers with a language model; a person reviews them.

    Each is checked: its quotes stand in the paper, and its question isn't copied from it.

    Without --out, they go to where the page's Evals tab shows them for review.
    """

    def work() -> None:
        from evals.drafting.kinds import kinds_named
        from evals.drafting.starting import draft
        from rag.settings import Settings

        settings = Settings.from_env(store=store, model=model, embedder=embedder, offline=offline)
        path, told = draft(
            settings,
            kinds_named(kinds),
            out=out,
            wanted=n,
            seed=seed,
            concurrency=concurrency,
            tell=note,
        )
        note(str(told))
        note(f"to be reviewed: paperchat eval review {path}")

    guarded(work, debug=debug or bool(ctx.obj))
