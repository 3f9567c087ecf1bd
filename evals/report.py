"""Reports as tables for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rich import box
from rich.table import Table
from rich.text import Text

from evals.compare import Compared, Comparison, Flip
from evals.measures import grouped, named

Report = Mapping[str, Any]
"""What ``EvalReport.to_dict()`` gives, also as it comes back from disk."""

_WIDTH = 80
_NUMBER = 6
"""Characters of the widest value that is likely."""

_SHORT = 200
"""Characters of an answer beside the other one."""

_COMPARED = ("measure", "A", "B", "B - A", "95% interval", "p", "cases", "verdict")
_CAPTION = (
    "p: sign-flip test, corrected for all measures from 0 to 1, and apart for all others; "
    "cases: graded in both/either"
)
_HEADINGS = ("measure", "mean", "95% interval", "cases", "unscored")


def number(measure: str, value: float | None) -> str:
    """A value as it is shown: with the decimals of its measure, three where that isn't known."""
    if value is None:
        return "-"
    known = named(measure)
    digits = known.digits if known else 3
    return f"{round(value, digits) + 0.0:.{digits}f}"  # + 0.0: no zero is negative


def heading(group: str, names: Sequence[str]) -> str:
    """The group's name, and that lower is better where that goes for all of its measures."""
    return f"{group} (lower is better)" if all(map(_lower, names)) else group


def unscored(report: Report) -> str:
    """A sentence on the measures that scored no case, and what each needs; "" where all did."""
    needs: dict[str, list[str]] = {}
    for name, value in report["aggregates"].items():
        if not value["n"]:
            known = named(name)
            needs.setdefault(known.needs if known else "", []).append(name)
    told = [
        ", ".join(names) + (f" (needs {need})" if need else "") for need, names in needs.items()
    ]
    return f"Scored no case: {'; '.join(told)}." if told else ""


def report_table(report: Report) -> Table:
    """One row a measure, in groups. Measures where lower is better are marked.

    Those that scored no case are named below, with what they need.
    """
    table = _table(_HEADINGS, title=_title(report), caption=unscored(report) or None)
    scored = [name for name, value in report["aggregates"].items() if value["n"]]
    for group, names in grouped(scored):
        table.add_row(Text(heading(group, names), "bold"))
        for name in names:
            table.add_row(*_row(report, name, names))
    return table


def type_tables(report: Report) -> list[Table]:
    """Mean of each measure of quality for each type of question, in tables that fit 80 columns.

    One row a measure that scored a case of these types; types that find no room beside the others
    go into a further table.
    """
    aggregates, by_type = report["aggregates"], report["by_type"]
    quality = [name for name in aggregates if _quality(name)]
    room = _WIDTH - max(map(len, quality), default=0) - 4  # two borders and their padding
    tables: list[Table] = []
    for group in _groups(list(by_type), room):
        title = "" if tables else "By type of question; time and cost are in --json and --html"
        table = Table(title=title or None, title_justify="left")
        table.add_column("measure", no_wrap=True)
        for kind in group:
            table.add_column(Text(kind), justify="right", overflow="fold")
        for name in quality:
            means = [by_type[kind][name]["mean"] for kind in group]
            if any(mean is not None for mean in means):
                table.add_row(name, *(number(name, mean) for mean in means))
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
    """All measures, and each for each type of question, as Markdown."""
    aggregates, by_type = report["aggregates"], report["by_type"]
    rows: list[Sequence[str]] = []
    types: list[Sequence[str]] = []
    for group, names in grouped(aggregates):
        rows.append(_bold(heading(group, names), len(_HEADINGS)))
        rows += [_row(report, name, names) for name in names]
        types.append(_bold(group, len(by_type) + 1))
        types += [
            (name, *(number(name, values[name]["mean"]) for values in by_type.values()))
            for name in names
        ]
    parts = [f"**{_title(report)}**", _markdown(_HEADINGS, rows)]
    parts += [_markdown(("measure", *by_type), types)] if by_type else []
    return "\n\n".join(parts) + "\n"


def comparison_table(comparison: Comparison) -> Table:
    """One row a measure, in groups: both means, the difference and whether it is real.

    Fits 80 columns.
    """
    table = _table(_COMPARED, title="B against A, case by case", caption=_CAPTION)
    style = {"better": "green", "worse": "red", "changed": "yellow", "same": "dim"}
    compared = {row.measure: row for row in comparison.measures}
    for group, names in grouped(compared):
        table.add_row(Text(group, "bold"))
        for name in names:
            _, *cells, verdict = _compared(compared[name])
            table.add_row(name, *cells, Text(verdict, style[verdict]))
    return table


def _table(headings: Sequence[str], *, title: str, caption: str | None) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        caption=caption,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
    )
    for name in headings:
        side: Literal["left", "right"] = "left" if name == "measure" else "right"
        table.add_column(name, justify=side, no_wrap=name != "95% interval")
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
    compared = {row.measure: row for row in comparison.measures}
    rows: list[Sequence[str]] = []
    for group, names in grouped(compared):
        rows.append(_bold(heading(group, names), len(_COMPARED)))
        rows += [_compared(compared[name], names) for name in names]
    parts = [_markdown(_COMPARED, rows), _CAPTION]
    cases = []
    for flips in _flipped(comparison):
        case, answers = flips[0], comparison.answers[flips[0].id]
        told = (case.id, case.question, _changes(flips), answers.a, answers.b)
        cases.append(tuple(map(_literal, told)))
    if cases:
        parts.append(_markdown(("case", "question", "changed", "answer A", "answer B"), cases))
    return "\n\n".join(parts) + "\n"


def _compared(row: Compared, group: Sequence[str] = ()) -> tuple[str, ...]:
    name, difference = row.measure, row.difference
    cases = f"{difference.n}/{difference.n + row.unpaired}" if row.unpaired else difference.n
    return (
        _name(name, group),
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


def _row(report: Report, name: str, group: Sequence[str]) -> tuple[str, ...]:
    value = report["aggregates"][name]
    return (
        _name(name, group),
        number(name, value["mean"]),
        _interval(name, value["interval"]),
        str(value["n"]),
        str(value["unscored"]),
    )


def _bold(text: str, cells: int) -> tuple[str, ...]:
    return (f"**{text}**", *[""] * (cells - 1))


def _lower(measure: str) -> bool:
    known = named(measure)
    return known is not None and known.better == "lower"


def _quality(measure: str) -> bool:
    known = named(measure)
    return known is None or known.bounded


def _name(measure: str, group: Sequence[str] = ()) -> str:
    """The measure, marked where lower is better and the heading of its group doesn't say so."""
    said = all(map(_lower, group)) if group else False
    return f"{measure} (lower is better)" if _lower(measure) and not said else measure


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
