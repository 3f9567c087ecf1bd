"""The command line. Every verb: see ``paperchat VERB --help``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.account_verbs import account
from ui.feedback_verb import feedback
from ui.options import (
    AllowedHosts,
    AuthFile,
    AuthFlag,
    BrowserFlag,
    Door,
    HostOption,
    Options,
    PortOption,
    verb,
)
from ui.terminal import emit, speak_utf8

app = typer.Typer(
    name="paperchat",
    help="Ask a pile of paper abstracts a question; check every sentence of the answer.",
    epilog='Example: paperchat ask "Can safety training remove a backdoor from a deceptive model?"',
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BatchFile = Annotated[
    Path | None,
    typer.Option("--batch", metavar="IN.jsonl", help="Take questions from a file, one a line."),
]
OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Write the batch's results here.")
]
ResumeFlag = Annotated[
    bool, typer.Option("--resume", help="Keep the lines that --out already has, and go on.")
]
_DOOR = "ui.door"  # in the context: the options of chat that stand before it


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        emit(f"paperchat {version('paperchat')}\n")
        raise typer.Exit


VersionFlag = Annotated[
    bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
]


def _start(  # noqa: PLR0913 - one for each option
    options: Options,
    ctx: typer.Context,
    *,
    version: VersionFlag = False,
    host: HostOption = None,
    port: PortOption = None,
    browser: BrowserFlag = None,
    auth: AuthFlag = None,
    auth_file: AuthFile = None,
    allow_host: AllowedHosts = None,
) -> None:
    door = Door(
        host=host, port=port, browser=browser, auth=auth, auth_file=auth_file,
        allow_host=tuple(allow_host) if allow_host else None,
    )  # fmt: skip
    if ctx.invoked_subcommand is None:
        _chat(options, door)
    elif ctx.invoked_subcommand == "chat":
        ctx.meta[_DOOR] = door
    elif door.given():
        raise typer.BadParameter(f"--{door.given()[0]} goes with chat, the page")


app.callback(invoke_without_command=True)(verb(_start))
app.add_typer(account, name="account")


@app.command(epilog="Example: paperchat chat --port 8080")
@verb
def chat(
    options: Options,
    ctx: typer.Context,
    *,
    host: HostOption = None,
    port: PortOption = None,
    browser: BrowserFlag = None,
    auth: AuthFlag = None,
    auth_file: AuthFile = None,
    allow_host: AllowedHosts = None,
) -> None:
    """Open the web page (also what paperchat does without a verb)."""
    door = Door(
        host=host, port=port, browser=browser, auth=auth, auth_file=auth_file,
        allow_host=tuple(allow_host) if allow_host else None,
    )  # fmt: skip
    _chat(options, door.over(ctx.meta.get(_DOOR, Door())))


@app.command(epilog='Example: paperchat ask "What is model merging good for?"')
@verb
def ask(
    options: Options,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION")] = None,
    as_json: JsonFlag = False,
    batch: BatchFile = None,
    out: OutFile = None,
    resume: ResumeFlag = False,
) -> None:
    """Answer a question from the papers, with the sentences that the answer rests on.

    With --batch, each line of IN is {"id", "question", "history"?} and each line of OUT is
    {"id"} and the answer, or {"id", "error"}.
    """
    from ui.asking import answer_batch, answer_one

    _one_input("QUESTION", question, batch, out)
    if batch is not None:
        answer_batch(options, batch, out, resume=resume)
    elif question is not None:
        answer_one(options, question, as_json=as_json)


@app.command(epilog='Example: paperchat search "federated learning" -k 5')
@verb
def search(
    options: Options,
    query: Annotated[str | None, typer.Argument(metavar="QUERY")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many papers.")] = 10,
    as_json: JsonFlag = False,
    batch: BatchFile = None,
    out: OutFile = None,
    resume: ResumeFlag = False,
) -> None:
    """Find papers, best first, without writing an answer."""
    from ui.asking import search_batch, search_one

    _one_input("QUERY", query, batch, out)
    if batch is not None:
        search_batch(options, batch, out, k, resume=resume)
    elif query is not None:
        search_one(options, query, k, as_json=as_json)


@app.command(epilog="Example: paperchat index saved-pages/ more.jsonl")
@verb
def index(
    options: Options,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files and folders.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and report, but change nothing.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Embed and index every paper anew first.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Add or update papers; say what was rejected, where and why."""
    from ui.storing import index_paths

    if not paths and not rebuild:
        raise typer.BadParameter("name at least one PATH, a file or a folder")
    index_paths(options, paths or (), dry_run=dry_run, rebuild=rebuild, as_json=as_json)


@app.command(epilog="Example: paperchat papers --since 2024-09 --word hallucination --csv")
@verb
def papers(  # noqa: PLR0913 - one parameter an option
    options: Options,
    *,
    since: Annotated[str | None, typer.Option(help="2024, 2024-09 or 2024-09-26.")] = None,
    until: Annotated[str | None, typer.Option(help="The same, and that day included.")] = None,
    page: Annotated[list[str] | None, typer.Option(help="A page's name, or how it begins.")] = None,
    min_authors: Annotated[int | None, typer.Option(min=0)] = None,
    max_authors: Annotated[int | None, typer.Option(min=0)] = None,
    word: Annotated[list[str] | None, typer.Option(help="Must be in title or abstract.")] = None,
    as_json: JsonFlag = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_bibtex: Annotated[bool, typer.Option("--bibtex", help="Print BibTeX.")] = False,
) -> None:
    """List the papers in the store; all conditions must hold."""
    from index.errors import ConfigError
    from index.types import Filters
    from ui.papers import check_range
    from ui.storing import Shape, list_papers

    if as_json + as_csv + as_bibtex > 1:
        raise typer.BadParameter("choose one of --json, --csv and --bibtex")
    try:
        filters = Filters(since, until, page or (), min_authors, max_authors, word or ())
        check_range(filters)
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from error
    shape: Shape = "json" if as_json else "csv" if as_csv else "bibtex" if as_bibtex else "lines"
    list_papers(options, filters, shape)


@app.command(epilog="Example: paperchat delete 2409.12345")
@verb
def delete(
    options: Options,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="See paperchat papers.")],
) -> None:
    """Remove papers from the store."""
    from ui.storing import delete_papers

    delete_papers(options, ids)


@app.command(epilog="Example: paperchat info --json")
@verb
def info(options: Options, as_json: JsonFlag = False) -> None:
    """Show what is in the store, which models are used, versions and sizes."""
    from ui.storing import show_info

    show_info(options, as_json=as_json)


@app.command(
    name="eval",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def evaluate(ctx: typer.Context) -> None:
    """Measure answers: run, judge, compare, gate, sweep, benchmark; write cases: draft, review."""
    from evals.__main__ import main as evals_main

    common = ctx.obj.arguments() if isinstance(ctx.obj, Options) else []
    verbs = {"from-feedback": feedback}
    raise typer.Exit(evals_main(ctx.args, common, prog="paperchat eval", more=verbs))


def main() -> None:
    """The entry point. Exit codes: 0, 2 for a usage error, 1 for any other, 130 for Ctrl-C."""
    speak_utf8()
    try:
        app(prog_name="paperchat")
    except KeyboardInterrupt:
        sys.exit(130)


def _one_input(name: str, given: str | None, batch: Path | None, out: Path | None) -> None:
    if (given is None) == (batch is None):
        raise typer.BadParameter(f"give either {name} or --batch")
    if out is not None and batch is None:
        raise typer.BadParameter("--out goes with --batch")
    if out is not None and batch is not None and out.resolve() == batch.resolve():
        raise typer.BadParameter(f"--out would overwrite the questions in {batch}")
    if given is not None and not given.strip():
        raise typer.BadParameter(f"{name} is empty")


def _chat(options: Options, door: Door) -> None:
    from ui.asking import open_page

    open_page(options, door)


if __name__ == "__main__":
    main()
