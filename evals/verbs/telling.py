"""What the verbs tell of a run: its report, its page, and how its gate ended."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from evals.terminal import note, put, put_json

if TYPE_CHECKING:
    from evals.gate import Gate, Verdict
    from evals.runs import SavedRun


def keep_html(kept: SavedRun, file: Path | None) -> None:
    """Writes the run as a page, if a file is named."""
    from evals.html.page import keep_page

    if file:
        keep_page(kept, file)
        note(f"written: {file}")


def show_report(report: Mapping[str, Any], *, as_json: bool, markdown: bool) -> None:
    """Prints a report as a person or a program wants it."""
    from evals.judge.telling import judging_markdown, judging_tables
    from evals.report import report_markdown, report_table, type_tables

    if as_json:
        put_json(report)
    elif markdown:
        judging = judging_markdown(report)
        sys.stdout.write(report_markdown(report) + (f"\n{judging}" if judging else ""))
    else:
        put(report_table(report))
        for table in (*type_tables(report), *judging_tables(report)):
            put(table)


def hold(
    kept: SavedRun, rules: Gate | None, before: SavedRun | None, junit: Path | None
) -> Sequence[Verdict]:
    """What the bounds say of a run, also as JUnit XML, if a file is named."""
    from evals.gate import check
    from evals.junit import write_junit

    verdicts = check(rules, kept, before) if rules else ()
    if junit:
        write_junit(junit, kept, rules.bounds if rules else (), verdicts)
    return verdicts


def end(file: Path | None, verdicts: Sequence[Verdict]) -> None:
    """Says how a gate ended. Raises typer.Exit where a bound is broken."""
    broken = sum(not verdict.kept for verdict in verdicts)
    if broken:
        note(f"error: {file}: {broken} of {len(verdicts)} bounds are broken")
        raise typer.Exit(1)
    if verdicts:
        note(f"{file}: every bound is kept")
