"""A sweep as a table for a terminal and as Markdown."""

from __future__ import annotations

import re

from rich import box
from rich.table import Table
from rich.text import Text

from evals.report import number
from evals.sweep.standing import Result, Row, Standing, better

BEST = "*"
"""Stands behind the best value of a measure."""

CAPTION = (
    f"{BEST} best; ms: the median answer; p: sign-flip test of the best against the second, "
    "corrected for the measures"
)


def table(result: Result, width: int = 80) -> Table:
    """One row a run: what varies, its measures, time and cost. The best values are marked.

    Where ``width`` columns have no room for what varies, only the numbers stand: see ``legend``.
    """
    drawn = Table(
        title=result.title,
        title_justify="left",
        caption=CAPTION,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    left_out = range(1, 1 + len(result.varied)) if legend(result, width) else ()
    for place, heading in enumerate(headings(result)):
        if place not in left_out:
            text = 1 <= place <= len(result.varied)
            words = re.sub("[_ ]", "\n", heading)
            drawn.add_column(words, justify="left" if text else "right")
    for row in result.rows:
        line = enumerate(cells(result, row))
        drawn.add_row(*(_cell(one) for place, one in line if place not in left_out))
    return drawn


def legend(result: Result, width: int = 80) -> list[str]:
    """What each run tried, a line each, where the table has no room for it."""
    lines = [headings(result), *(cells(result, row) for row in result.rows)]
    axes = len(result.varied)
    columns = list(zip(*lines, strict=True))
    texts = [max(map(len, column)) + 1 for column in columns[1 : 1 + axes]]
    words = (re.split("[_ ]", column[0]) + list(column[1:]) for column in columns[1 + axes :])
    numbers = [max(map(len, column)) + 1 for column in words]
    if sum(texts) + sum(numbers) + 6 <= width:
        return []
    return [
        f"{row.number:>3}  " + ", ".join(f"{axis} {row.labels[axis]}" for axis in result.varied)
        for row in result.rows
    ]


def _cell(text: str) -> Text:
    return Text(text, "green" if text.endswith(BEST) else "")


def lines(result: Result) -> list[str]:
    """How each measure stands: its best run, and whether the second is as good.

    Then the runs that had cases fail, since their means are those of the others.
    """
    failed = [row for row in result.rows if row.failed]
    told = [f"run {row.number}: {row.failed} cases failed, and count in no mean" for row in failed]
    return [*map(verdict, result.standings), *told]


def verdict(one: Standing) -> str:
    """The standing of a measure in a sentence."""
    if not one.best:
        return f"{one.measure}: no case was graded"
    runs = ", ".join(map(str, one.best))
    if one.second is None:
        alone = len(one.best) == 1
        return f"{one.measure}: {'only run ' + runs if alone else 'the same in all runs'}"
    if len(one.best) > 1:
        return f"{one.measure}: runs {runs} are best alike"
    if one.gain is None or one.p is None:
        return f"{one.measure}: run {runs} is best, then run {one.second}; no case of both compares"
    if one.gain <= 0:
        return (
            f"{one.measure}: run {runs} has the best mean, but over the cases that run {one.second}"
            f" graded too it is not better ({number(one.measure, one.gain)})"
        )
    ahead = f"run {runs} is best, by {number(one.measure, one.gain)} before run {one.second}"
    chance = "more than chance" if one.real else "may be chance"
    return f"{one.measure}: {ahead}: {chance} (p {one.p:.3f})"


def markdown(result: Result) -> str:
    """The table and the standings as Markdown."""
    heads = headings(result)
    body = [cells(result, row) for row in result.rows]
    rule = ["---" if place <= len(result.varied) else "---:" for place in range(len(heads))]
    drawn = "\n".join("| " + " | ".join(map(_literal, line)) + " |" for line in body)
    head = "\n".join("| " + " | ".join(line) + " |" for line in (heads, rule))
    told = "\n".join(f"- {_literal(line)}" for line in lines(result))
    return f"**{_literal(result.title)}**\n\n{head}\n{drawn}\n\n{_literal(CAPTION)}\n\n{told}\n"


def headings(result: Result) -> list[str]:
    """Of the columns; the cost stands only where there is any, failed cases likewise."""
    more = ["USD"] if _costs(result) else []
    more += ["failed"] if _failed(result) else []
    marked = [name if better(name) > 0 else f"{name} (low)" for name in result.measures]
    return ["#", *result.varied, *marked, "ms", *more]


def cells(result: Result, row: Row) -> list[str]:
    """A row's cells, in the order of the headings."""
    best = {one.measure: one.best if one.second else () for one in result.standings}
    measured = [
        number(name, row.means[name]) + (BEST if row.number in best[name] else "")
        for name in result.measures
    ]
    more = [f"{row.cost_usd:.5f}" if row.cost_usd is not None else "-"] if _costs(result) else []
    more += [str(row.failed)] if _failed(result) else []
    took = f"{row.latency_ms:.0f}" if row.latency_ms is not None else "-"
    return [str(row.number), *(row.labels[axis] for axis in result.varied), *measured, took, *more]


def _costs(result: Result) -> bool:
    return any(row.cost_usd for row in result.rows)


def _failed(result: Result) -> bool:
    return any(row.failed for row in result.rows)


def _literal(text: str) -> str:
    """The text as Markdown that shows it as it is."""
    return "".join(f"\\{one}" if one in "\\`*_[]<>|#~" else one for one in " ".join(text.split()))
