"""The verb ``gate``: a kept run held to the bounds of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.terminal import guarded, put, put_json
from evals.verbs.options import BaselineOption, DebugFlag, JsonFlag, JunitOption, RunArgument
from evals.verbs.telling import end, hold


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    example = "Example: PROG gate runs/after gate.toml --baseline runs/before"
    app.command(name="gate", epilog=example)(_gate)


def _gate(
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
        verdicts = hold(kept, load_gate(file, known), before, junit)
        if as_json:
            put_json({"verdicts": [verdict.to_dict() for verdict in verdicts]})
        else:
            for verdict in verdicts:
                put(str(verdict))
        end(file, verdicts)

    guarded(work, debug=debug or bool(ctx.obj))
