"""The verb ``benchmark``: the retriever among others, on a public collection."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.terminal import guarded, note, put, put_json
from evals.verbs.options import DebugFlag, JsonFlag, MarkdownFlag

if TYPE_CHECKING:
    from evals.benchmark.scoring import Placing
    from evals.benchmark.task import Task
    from rag.settings import Settings


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command(name="benchmark", epilog="Example: PROG benchmark scifact --from beir")(_benchmark)


def _benchmark(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A folder in BEIR's form.")],
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="Where the folder NAME is.")
    ] = None,
    split: Annotated[str, typer.Option(help="The split whose queries are asked.")] = "test",
    embedder: Annotated[str | None, typer.Option(help="The embedder; else the bundled.")] = None,
    store: Annotated[
        str | None, typer.Option(help="Keep the index in this folder; else in one of its own.")
    ] = None,
    queries: Annotated[
        int | None, typer.Option(min=1, help="Ask so many, drawn by --seed, for a quick look.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draw and of the intervals.")] = 0,
    offline: Annotated[bool, typer.Option("--offline", help="Never open a connection.")] = False,
    as_json: JsonFlag = False,
    markdown: MarkdownFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Rank a public collection by BM25 alone, by vectors alone, and as the product does.

    The index is built at the first run and used again as long as the papers are the same.
    """

    def work() -> None:
        from evals.benchmark.task import find, load
        from rag.settings import Settings

        task = load(find(name, source), split, queries, seed)
        settings = Settings.from_env(embedder=embedder, offline=offline)
        for line in task.notes:
            note(f"note: {line}")
        _show(_placed(task, settings, store, seed), as_json=as_json, markdown=markdown)

    guarded(work, debug=debug or bool(ctx.obj))


def _placed(task: Task, settings: Settings, store: str | None, seed: int) -> Placing:
    from dataclasses import replace

    from evals.benchmark.filling import fill, own_store
    from evals.benchmark.running import rounds, run
    from evals.progress import bar
    from index.embedding import DEFAULT_EMBEDDER
    from index.errors import ConfigError
    from index.server import is_remote
    from rag.wiring import check_settings, named_embedder

    if store and is_remote(store):
        raise ConfigError(f"{store} is no folder: a benchmark's index is kept on this machine")
    settings = replace(settings, store=store, catalogue=None)
    check_settings(settings)
    embedder = named_embedder(settings, settings.embedder or DEFAULT_EMBEDDER)
    assert embedder is not None, "it has a name"
    place = Path(store) if store else own_store(task, embedder)
    with bar("indexing", len(task.papers)) as advance:
        index = fill(place, task, embedder, advance)
    with index:
        lacking = len({paper.id for paper in task.papers}) - index.count()
        if lacking:
            note(f"note: {lacking:,} papers can't be stored (no text, or an odd id)")
        with bar("asking", rounds(task)) as advance:
            placing = run(task, index, seed=seed, asked=advance)
    note(f"the index is kept in {place}")
    return placing


def _show(placing: Placing, *, as_json: bool, markdown: bool) -> None:
    from evals.benchmark import table

    if as_json:
        put_json(placing.to_dict())
    elif markdown:
        sys.stdout.write(table.markdown(placing))
    else:
        put(table.table(placing))
        for line in table.lines(placing):
            put(line)
