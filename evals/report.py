"""Reports as tables for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from evals.compare import Comparison
from evals.measures import MEASURES

_LOWER = {measure.name for measure in MEASURES if measure.better == "lower"}
_UNBOUNDED = {measure.name for measure in MEASURES if not measure.bounded}

Report = Mapping[str, Any]
"""What ``EvalReport.to_dict()`` gives, also as it comes back from disk."""

_WIDTH = 80
_NUMBER = 6
"""Characters of the widest value that is likely."""

_HEADINGS = ("measure", "mean", "95% interval", "cases", "unscored")


def number(measure: str, value: float | None) -> str:
    """A value as it is shown: three decimals for measures in [0, 1], whole numbers for others."""
    if value is None:
        return "-"
    return f"{value:.0f}" if measure in _UNBOUNDED else f"{value:.3f}"


def report_table(report: Report) -> Table:
    """One row a measure. Measures where lower is better are marked."""
    table = Table(title=_title(report), title_justify="left")
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for row in _rows(report):
        table.add_row(*row)
    return table


def type_tables(report: Report) -> list[Table]:
    """Mean of each measure for each type of question, in tables that fit 80 columns.

    One row a measure; types that find no room beside the others go into a further table.
    """
    aggregates, types = report["aggregates"], list(report["by_type"])
    room = _WIDTH - max(map(len, aggregates), default=0) - 4  # two borders and their padding
    tables = []
    for group in _groups(types, room):
        table = Table(title="By type of question", title_justify="left")
        table.add_column("measure", no_wrap=True)
        for kind in group:
            table.add_column(escape(kind), justify="right", overflow="fold")
        for name in aggregates:
            means = [number(name, report["by_type"][kind][name]["mean"]) for kind in group]
            table.add_row(name, *means)
        tables.append(table)
    return tables


def _groups(types: Sequence[str], room: int) -> list[list[str]]:
    """The types in order, as many together as their columns have room for."""
    groups: list[list[str]] = []
    left = 0
    for kind in types:
        width = max(len(kind), _NUMBER) + 3  # a border and its padding
        if not groups or width > left:
            groups.append([])
            left = room
        groups[-1].append(kind)
        left -= width
    return groups


def report_markdown(report: Report) -> str:
    """Both tables as Markdown."""
    names, rows = _type_rows(report)
    parts = [
        f"**{_title(report)}**",
        _markdown(_HEADINGS, _rows(report)),
        _markdown(("type", *names), rows),
    ]
    return "\n\n".join(parts) + "\n"


def comparison_table(comparison: Comparison) -> Table:
    """One row a measure: both means, the difference and whether it is real."""
    table = Table(title="B against A, case by case", title_justify="left")
    for heading in ("measure", "A", "B", "B - A", "95% interval", "p", "cases", "verdict"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    style = {"better": "green", "worse": "red", "same": "dim"}
    for row in comparison.measures:
        name, difference = row.measure, row.difference
        values = [number(name, row.a), number(name, row.b), number(name, difference.mean)]
        interval = _interval(name, difference.interval)
        verdict = f"[{style[row.verdict]}]{row.verdict}[/]"
        cells = [_name(name), *values, interval, f"{difference.p:.3f}", str(difference.n), verdict]
        table.add_row(*cells)
    return table


def comparison_markdown(comparison: Comparison) -> str:
    """The comparison and its flipped cases as Markdown."""
    rows = [
        (
            _name(row.measure),
            number(row.measure, row.a),
            number(row.measure, row.b),
            number(row.measure, row.difference.mean),
            _interval(row.measure, row.difference.interval),
            row.verdict,
        )
        for row in comparison.measures
    ]
    flips = [
        (flip.id, flip.measure, f"{flip.a:.2f} -> {flip.b:.2f}", flip.question)
        for flip in comparison.flips
    ]
    parts = [_markdown(("measure", "A", "B", "B - A", "95% interval", "verdict"), rows)]
    if flips:
        parts.append(_markdown(("case", "measure", "A -> B", "question"), flips))
    return "\n\n".join(parts) + "\n"


def _title(report: Report) -> str:
    config = report.get("config", {})
    errors = f", {report['errors']} failed" if report["errors"] else ""
    return f"{report['cases']} cases{errors}, model {config.get('model', 'unknown')}"


def _rows(report: Report) -> list[tuple[str, ...]]:
    return [
        (
            _name(name),
            number(name, value["mean"]),
            _interval(name, value["interval"]),
            str(value["n"]),
            str(value["unscored"]),
        )
        for name, value in report["aggregates"].items()
    ]


def _type_rows(report: Report) -> tuple[list[str], list[tuple[str, ...]]]:
    names = list(report["aggregates"])
    rows = [
        (kind, *(number(name, values[name]["mean"]) for name in names))
        for kind, values in report["by_type"].items()
    ]
    return names, rows


def _name(measure: str) -> str:
    return f"{measure} (lower is better)" if measure in _LOWER else measure


def _interval(measure: str, interval: Sequence[float] | None) -> str:
    if interval is None:
        return "-"
    return f"{number(measure, interval[0])} to {number(measure, interval[1])}"


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in line) + " |"
        for line in lines
    )
