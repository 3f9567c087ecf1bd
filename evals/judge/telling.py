"""What a judge said, for a terminal, Markdown and the page: who it was, how far to trust it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from evals.html.markup import inert
from evals.judge.asking import UNTRUSTED
from rag.context import clean

Report = Mapping[str, Any]
"""What ``report.json`` holds."""

_MARKUP = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[\\`*\[\]<>~!#|]")
"""What Markdown reads as its own; an underscore within a word, as of a measure, is none."""

_AGREEMENT = ("measure", "beside the offline one", "value", "95% interval", "over")
_UNSCORED = ("measure", "unscored, since", "cases")


def judging_tables(report: Report) -> list[Table | str]:
    """Tables for a terminal; none where nobody judged."""
    told: list[Table | str] = []
    for title, headings, rows in _tables(report):
        table = Table(title=Text(title), title_justify="left")
        for heading in headings:
            table.add_column(heading)
        for row in rows:
            table.add_row(*map(Text, row))
        told.append(table)
    return [*told, *_remarks(report)]


def judging_markdown(report: Report) -> str:
    """The same as Markdown; "" where nobody judged."""
    parts = []
    for title, headings, rows in _tables(report):
        lines = [headings, ["---"] * len(headings), *rows]
        table = "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)
        parts.append(f"**{_cell(title)}**\n\n{table}")
    parts += map(_cell, _remarks(report))
    return "\n\n".join(parts) + "\n" if parts else ""


def judging_html(report: Report) -> str:
    """The same as a section of the page; "" where nobody judged."""
    parts = []
    for title, headings, rows in _tables(report):
        heads = "".join(f'<th scope="col">{inert(heading)}</th>' for heading in headings)
        lines = "".join(
            f'<tr><th scope="row">{inert(row[0])}</th>'
            + "".join(f"<td>{inert(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in rows
        )
        parts.append(
            f"<h3>{inert(title)}</h3><table class='measures'><thead><tr>{heads}</tr></thead>"
            f"<tbody>{lines}</tbody></table>"
        )
    parts += [f'<p class="soft">{inert(remark)}</p>' for remark in _remarks(report)]
    return f"<section><h2>The judge</h2>{''.join(parts)}</section>" if parts else ""


def _tables(report: Report) -> list[tuple[str, Sequence[str], list[tuple[str, ...]]]]:
    judge = report.get("config", {}).get("eval_judge")
    if not judge:
        return []
    agreement = [
        line for name, one in report.get("agreement", {}).items() for line in _figures(name, one)
    ]
    unscored: list[tuple[str, ...]] = [
        (name, reason, str(count))
        for name, reasons in report.get("unscored_by_judge", {}).items()
        for reason, count in reasons.items()
    ]
    both: list[tuple[str, Sequence[str], list[tuple[str, ...]]]] = [
        (f"How far the judge, {judge}, agrees with measures that need none", _AGREEMENT, agreement),
        ("Cases that the judge gave no score", _UNSCORED, unscored),
    ]
    return [
        (clean(title), headings, [tuple(map(clean, row)) for row in rows])
        for title, headings, rows in both
        if rows
    ]


def _figures(name: str, one: Report) -> list[tuple[str, ...]]:
    told = {
        "difference": (f"mean absolute difference from {one['offline']}", "cases"),
        "rho": (f"rank correlation with {one['offline']} (Spearman's rho)", "cases"),
        "kappa": ("agreement on single claims (Cohen's kappa)", "claims"),
    }
    return [
        (name, what, f"{one[key]['value']:.3f}", _interval(one[key]), f"{one[key]['n']} {unit}")
        for key, (what, unit) in told.items()
        if one.get(key)
    ]


def _interval(figure: Report) -> str:
    ends = figure["interval"]
    return f"{ends[0]:.3f} to {ends[1]:.3f}" if ends else "-"


def _remarks(report: Report) -> list[str]:
    apart = [
        f"{name} and {one['offline']} differ by half or more on: {', '.join(one['apart'])}"
        for name, one in report.get("agreement", {}).items()
        if one["apart"]
    ]
    lost = sum(
        count
        for reasons in report.get("unscored_by_judge", {}).values()
        for reason, count in reasons.items()
        if reason in UNTRUSTED
    )
    again = f"{lost} replies of the judge could not be used; eval judge asks again for these"
    failure = report.get("judge_failure")
    read, written = report.get("judge_tokens", (0, 0))
    tokens = f"the judge read {read:,} tokens and wrote {written:,}"
    told = [
        *apart,
        *([tokens] if read or written else []),
        *([again] if lost else []),
        *([f"the judge failed, for one, with: {failure}"] if failure else []),
    ]
    return list(map(clean, told))


def _cell(text: str) -> str:
    """The same, as Markdown that shows it as it is: ids and errors are a stranger's."""
    return _MARKUP.sub(r"\\\g<0>", text)
