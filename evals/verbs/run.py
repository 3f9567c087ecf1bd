"""The verb ``run``: every case asked, scored and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.terminal import guarded, note
from evals.verbs.judge import judged, require_replies
from evals.verbs.options import (
    BaselineOption,
    DebugFlag,
    HtmlOption,
    JsonFlag,
    JudgeOption,
    JunitOption,
    MarkdownFlag,
)
from evals.verbs.telling import end, hold, keep_html, show_report
from index.errors import ConfigError
from rag.manner import Length, Strictness


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command(name="run", epilog="Example: PROG run cases.jsonl --model openai:gpt-5-mini")(_run)


def _run(  # noqa: PLR0913, PLR0917 - one parameter an option
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
    judge: JudgeOption = None,
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
        from evals.judge.judging import judge_model
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
        judge_named = judge_model(settings, judge) if judge else None
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
        if judge_named:
            kept = judged(kept, judge_named)
        report = kept.report or {}
        show_report(report, as_json=as_json, markdown=markdown)
        note(f"kept in {kept.folder}")
        keep_html(kept, html)
        verdicts = hold(kept, rules, before, junit)
        for verdict in verdicts:
            if not verdict.kept:
                note(str(verdict))
        if report["errors"] == report["cases"]:
            raise ConfigError("every case failed; see results.jsonl there for why")
        if judge_named:
            require_replies(kept)
        end(gate, verdicts)

    guarded(work, debug=debug or bool(ctx.obj))
