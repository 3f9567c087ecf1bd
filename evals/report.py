"""Reports as tables for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from evals.compare import Compared, Comparison, Flip
from evals.measures import MEASURES

_LOWER = {measure.name for measure in MEASURES if measure.better == "lower"}
_UNBOUNDED = {measure.name for measure in MEASURES if not measure.bounded}

Report = Mapping[str, Any]
"""What ``EvalReport.to_dict()`` gives, also as it comes back from disk."""

_WIDTH = 80
_NUMBER = 6
"""Characters of the widest value that is likely."""

_SHORT = 200
"""Characters of an answer beside the other one."""

_COMPARED = ("measure", "A", "B", "B - A", "95% interval", "p", "cases", "verdict")
_CAPTION = "p: sign-flip test, corrected for all measures; cases: graded in both/either"
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
    """One row a measure: both means, the difference and whether it is real. Fits 80 columns."""
    table = Table(
        title="B against A, case by case",
        title_justify="left",
        caption=_CAPTION,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
    )
    for heading in _COMPARED:
        table.add_column(heading, justify="left" if heading == "measure" else "right", no_wrap=True)
    style = {"better": "green", "worse": "red", "same": "dim"}
    for row in comparison.measures:
        _, *cells, verdict = _compared(row)
        table.add_row(row.measure, *cells, Text(verdict, style[verdict]))
    return table


def flipped(comparison: Comparison, most: int = 5) -> list[str]:
    """The cases that flipped, a block of lines each: what changed, and both answers, shortened.

    Those that changed most come first; a last line tells how many are left out after ``most``.
    """
    cases = _flipped(comparison)
    blocks = []
    for flips in cases[:most]:
        answers = comparison.answers[flips[0].id]
        lines = [
            f"{flips[0].id}: {_short(flips[0].question)}",
            _changes(flips),
            f"A: {_short(answers.a)}",
            f"B: {_short(answers.b)}",
        ]
        blocks.append("\n    ".join(lines))
    left = len(cases) - most
    if left > 0:
        blocks.append(f"and {left} more cases that flipped; --json and --markdown list all")
    return blocks


def comparison_markdown(comparison: Comparison) -> str:
    """The comparison and its flipped cases as Markdown."""
    rows = [_compared(row) for row in comparison.measures]
    parts = [_markdown(_COMPARED, rows), _CAPTION]
    cases = []
    for flips in _flipped(comparison):
        case, answers = flips[0], comparison.answers[flips[0].id]
        told = (case.id, case.question, _changes(flips), answers.a, answers.b)
        cases.append(tuple(map(_literal, told)))
    if cases:
        parts.append(_markdown(("case", "question", "changed", "answer A", "answer B"), cases))
    return "\n\n".join(parts) + "\n"


def _compared(row: Compared) -> tuple[str, ...]:
    name, difference = row.measure, row.difference
    cases = f"{difference.n}/{difference.n + row.unpaired}" if row.unpaired else difference.n
    return (
        _name(name),
        *(number(name, value) for value in (row.a, row.b, difference.mean)),
        _interval(name, difference.interval),
        f"{difference.corrected_p:.3f}",
        str(cases),
        row.verdict,
    )


def _flipped(comparison: Comparison) -> list[list[Flip]]:
    """The flips of each case; the cases that changed most come first."""
    cases: dict[str, list[Flip]] = {}
    for flip in comparison.flips:
        cases.setdefault(flip.id, []).append(flip)
    return sorted(cases.values(), key=lambda flips: -sum(abs(f.b - f.a) for f in flips))


def _changes(flips: Sequence[Flip]) -> str:
    return ", ".join(
        f"{flip.measure} {flip.a:.2f} -> {flip.b:.2f} ({'better' if flip.better else 'worse'})"
        for flip in flips
    )


def _short(text: str) -> str:
    """The text in one line that a terminal can show, cut to 200 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (line if len(line) <= _SHORT else line[: _SHORT - 1] + "…") or "(empty)"


def _literal(text: str) -> str:
    """The same, as Markdown that shows it as it is: it may be a stranger's."""
    return re.sub(r"([\\`*_\[\]<>~!#])", r"\\\1", _short(text))


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
