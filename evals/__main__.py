"""``python -m evals VERB``, where --help tells the verbs; ``paperchat eval`` is the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from evals.converting_verbs import register
from evals.terminal import DebugFlag, guarded, keys, note, put, put_json
from index.errors import ConfigError
from index.redaction import install
from rag.manner import Length, Strictness

if TYPE_CHECKING:
    from evals.gate import Gate, Verdict
    from evals.runs import SavedRun

app = typer.Typer(
    name="evals",
    help="Measure how good answers are, and whether a change made them better.",
    epilog="Example: PROG run my-cases.jsonl --out runs/first",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MarkdownFlag = Annotated[bool, typer.Option("--markdown", help="Print Markdown.")]
RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]
BaselineOption = Annotated[
    Path | None, typer.Option(help="A run that the gate doesn't let this one be worse than.")
]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write the run as one HTML page to this file.")
]
JunitOption = Annotated[Path | None, typer.Option(help="Write JUnit XML to this file.")]


@app.callback()
def _start(ctx: typer.Context, debug: DebugFlag = False) -> None:
    ctx.obj = debug


@app.command(epilog="Example: PROG run cases.jsonl --model openai:gpt-5-mini")
def run(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    cases: Annotated[
        Path | None,
        typer.Argument(metavar="CASES", help="A JSONL file; by default the cases shipped."),
    ] = None,
    store: Annotated[str | None, typer.Option(help="The store to ask.")] = None,
    model: Annotated[str | None, typer.Option(help="The model that answers.")] = None,
    embedder: Annotated[str | None, typer.Option(help="The store's embedder.")] = None,
    length: Annotated[Length | None, typer.Option(help="How long answers are.")] = None,
    strictness: Annotated[
        Strictness | None, typer.Option(help="How sure an answer has to be.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Never open a connection.")] = False,
    out: Annotated[Path | None, typer.Option(help="Keep the run in this folder.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Cases at a time; else chosen by the model.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 0,
    gate: Annotated[
        Path | None, typer.Option(help="A TOML file of bounds; fail where one is broken.")
    ] = None,
    baseline: BaselineOption = None,
    html: HtmlOption = None,
    junit: JunitOption = None,
    as_json: JsonFlag = False,
    markdown: MarkdownFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Ask every case, score the answers, and keep the run."""

    def work() -> None:
        from evals.gate import load_gate
        from evals.running import run_and_keep
        from evals.runs import load_run
        from rag.settings import Settings

        settings = Settings.from_env(
            store=store,
            model=model,
            embedder=embedder,
            length=length,
            strictness=strictness,
            offline=offline,
        )
        if resume and out is None:
            raise ConfigError("--resume goes on with a run: name its folder with --out")
        if baseline and not gate:
            raise ConfigError("--baseline is for a gate: name its file with --gate")
        rules, before = load_gate(gate) if gate else None, load_run(baseline) if baseline else None
        kept = run_and_keep(
            cases,
            settings,
            out=out,
            concurrency=concurrency,
            seed=seed,
            tell=note,
            resume=resume,
        )
        report = kept.report or {}
        _show(report, as_json=as_json, markdown=markdown)
        note(f"kept in {kept.folder}")
        _keep_page(kept, html)
        verdicts = _judged(kept, rules, before, junit)
        for verdict in verdicts:
            if not verdict.kept:
                note(str(verdict))
        if report["errors"] == report["cases"]:
            raise ConfigError("every case failed; see results.jsonl there for why")
        _end(gate, verdicts)

    guarded(work, debug=debug or bool(ctx.obj))


@app.command(epilog="Example: PROG gate runs/after gate.toml --baseline runs/before")
def gate(
    ctx: typer.Context,
    run_folder: RunArgument,
    file: Annotated[Path, typer.Argument(metavar="GATE", help="A TOML file of bounds.")],
    baseline: BaselineOption = None,
    junit: JunitOption = None,
    as_json: JsonFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Hold a kept run to the bounds of a file, and fail where one is broken."""

    def work() -> None:
        from evals.gate import KNOWN, load_gate
        from evals.runs import load_run

        kept = load_run(run_folder)
        known = dict.fromkeys([*KNOWN, *(kept.report or {}).get("aggregates", {})])
        before = load_run(baseline) if baseline else None
        verdicts = _judged(kept, load_gate(file, known), before, junit)
        if as_json:
            put_json({"verdicts": [verdict.to_dict() for verdict in verdicts]})
        else:
            for verdict in verdicts:
                put(str(verdict))
        _end(file, verdicts)

    guarded(work, debug=debug or bool(ctx.obj))


@app.command(epilog="Example: PROG compare runs/before runs/after")
def compare(
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

    guarded(work, debug=debug or bool(ctx.obj))


@app.command(epilog="Example: PROG show runs/first")
def show(
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
        _keep_page(kept, html)
        _show(kept.report, as_json=as_json, markdown=markdown)
        if not as_json and not markdown:
            for row in kept.rows:
                _print_shortfall(row)

    guarded(work, debug=debug or bool(ctx.obj))


register(app)


def main(
    arguments: Sequence[str] | None = None,
    common: Sequence[str] = (),
    prog: str = "python -m evals",
    more: Mapping[str, typer.Typer] | None = None,
) -> int:
    """Runs a verb and gives its exit code: 0, 2 for a usage error, 1 for any other.

    ``common`` are options that were given before ``eval``; verbs that lack them ignore them.
    ``more`` are verbs of the caller's, by name, each an application of one command.
    """
    install(keys())
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--debug" in common:
        given.insert(0, "--debug")
    command = _called(prog, more or {})
    verbs = [command.commands[word] for word in given[:2] if word in command.commands][:1]
    options = {name for verb in verbs for option in verb.params for name in option.opts}
    try:
        command([*given, *_taken(common, options - {"--debug"})], prog_name=prog)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _taken(common: Sequence[str], options: Set[str]) -> Iterator[str]:
    """Those of what was given that are such options, with their values."""
    taken = False
    for word in common:
        taken = word in options if word.startswith("--") else taken
        if taken:
            yield word


def _called(prog: str, more: Mapping[str, typer.Typer]) -> TyperGroup:
    """The command, with examples that name the program as it was called."""
    command = typer.main.get_group(app)
    for name, single in more.items():
        command.add_command(typer.main.get_command(single), name)
    for each in (command, *command.commands.values()):
        each.epilog = (each.epilog or "").replace("PROG", prog)
    return command


def _keep_page(kept: SavedRun, file: Path | None) -> None:
    from evals.html.page import keep_page

    if file:
        keep_page(kept, file)
        note(f"written: {file}")


def _show(report: Mapping[str, Any], *, as_json: bool, markdown: bool) -> None:
    from evals.report import report_markdown, report_table, type_tables

    if as_json:
        put_json(report)
    elif markdown:
        sys.stdout.write(report_markdown(report))
    else:
        put(report_table(report))
        for table in type_tables(report):
            put(table)


def _judged(
    kept: SavedRun, rules: Gate | None, before: SavedRun | None, junit: Path | None
) -> Sequence[Verdict]:
    from evals.gate import check
    from evals.junit import write_junit

    verdicts = check(rules, kept, before) if rules else ()
    if junit:
        write_junit(junit, kept, rules.bounds if rules else (), verdicts)
    return verdicts


def _end(file: Path | None, verdicts: Sequence[Verdict]) -> None:
    broken = sum(not verdict.kept for verdict in verdicts)
    if broken:
        note(f"error: {file}: {broken} of {len(verdicts)} bounds are broken")
        raise typer.Exit(1)
    if verdicts:
        note(f"{file}: every bound is kept")


def _print_shortfall(row: Mapping[str, Any]) -> None:
    whys = [
        f"{name}: {score['why']}"
        for name, score in row["scores"].items()
        if score["why"] and score["value"] is not None
    ]
    if whys:
        put(f"{row['id']}: {row['question']}\n    " + "\n    ".join(whys))


if __name__ == "__main__":
    sys.exit(main())
