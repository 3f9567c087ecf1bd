"""A sweep as one HTML page that needs nothing beside it: its table, and quality against cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from evals.html.markup import inert
from evals.html.shell import own_text, shell
from evals.report import number
from evals.sweep import table
from evals.sweep.scatter import Point, scatter
from evals.sweep.standing import Result, Row, better, front
from index.errors import ConfigError


def keep_page(result: Result, file: Path) -> None:
    """Writes the page. Raises ConfigError for a file that can't be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page(result), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{file}: can't write the page there ({error})") from error


def page(result: Result) -> str:
    """The sweep as one HTML document without a script, which asks no host for anything."""
    style = own_text("evals.html", "report.css") + own_text("evals.sweep", "sweep.css")
    body = (
        f"{_header(result)}<main><section><h2>Runs</h2>{_table(result)}"
        f'<p class="soft">{inert(table.CAPTION)}</p>{_standings(result)}</section>'
        f"{_plots(result, 'latency')}{_plots(result, 'cost')}</main>"
    )
    return shell(f"{result.title} - paperchat sweep", body, style=style)


def _header(result: Result) -> str:
    config = result.config
    told = {
        "varied": ", ".join(result.varied) or "nothing",
        "the same in all runs": _same(result),
        "papers": config.get("store_papers"),
        "when": str(config.get("started", "")).replace("T", " ").replace("+00:00", " UTC"),
        "paperchat": config.get("paperchat"),
    }
    facts = "".join(
        f"<div><dt>{inert(name)}</dt><dd>{inert(value)}</dd></div>"
        for name, value in told.items()
        if value
    )
    title = inert(result.title)
    return f"<header><p>paperchat sweep</p><h1>{title}</h1><dl>{facts}</dl></header>"


def _same(result: Result) -> str:
    names = ("model", "embedder", "chunking", "length", "strictness", "top_papers")
    same = [name for name in names if name not in result.varied and result.config.get(name)]
    return ", ".join(f"{name.replace('_', ' ')} {result.config[name]}" for name in same)


def _table(result: Result) -> str:
    texts = len(result.varied)
    heads = "".join(
        f'<th scope="col"{_kind(place, texts)}>{inert(name.replace("_", " "))}</th>'
        for place, name in enumerate(table.headings(result))
    )
    rows = "".join(f"<tr>{_cells(table.cells(result, row), texts)}</tr>" for row in result.rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="Runs"><table class="sweep">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(cells: Sequence[str], texts: int) -> str:
    parts = [f'<th scope="row">{inert(cells[0])}</th>']
    for place, cell in enumerate(cells[1:], 1):
        best = place > texts and cell.endswith(table.BEST)
        kind = ' class="best"' if best else _kind(place, texts)
        parts.append(f"<td{kind}>{inert(cell)}</td>")
    return "".join(parts)


def _kind(place: int, texts: int) -> str:
    return ' class="text"' if 1 <= place <= texts else ""


def _standings(result: Result) -> str:
    items = "".join(f"<li>{inert(line)}</li>" for line in table.lines(result))
    return f'<h3>Where each measure stands</h3><ul class="standings">{items}</ul>'


def _plots(result: Result, kind: str) -> str:
    """A plot for each measure that differs between the runs; "" where there is nothing to draw."""
    taken = _taken(kind)[0]
    rows = [row for row in result.rows if taken(row) is not None]
    if len(rows) < 2 or not any(taken(row) for row in rows):
        return ""
    drawn = "".join(_plot(result, name, rows, kind) for name in result.measures)
    if not drawn:
        return ""
    return (
        f"<section><h2>Quality against {kind}</h2>"
        '<p class="soft">A point is a run, by its number. The full ones, joined by a line, are the'
        " bargains: no other run is at least as good for as little. Up is better but where it is"
        f' said otherwise.</p><div class="plots">{drawn}</div></section>'
    )


def _plot(result: Result, name: str, rows: Sequence[Row], kind: str) -> str:
    taken, unit, written = _taken(kind)
    points = [
        Point(row.number, cost, value, _told(result, row))
        for row in rows
        for cost, value in [(taken(row), row.means[name])]
        if cost is not None and value is not None
    ]
    if len({point.quality for point in points}) < 2:
        return ""
    best = front([(point.cost, point.quality) for point in points], better(name))
    way = "" if better(name) > 0 else ' <span class="soft">lower is better</span>'
    drawn = scatter(points, best, unit=unit, cost=written, quality=partial(_short, name))
    return f"<figure><figcaption>{inert(name)}{way}</figcaption>{drawn}</figure>"


def _taken(kind: str) -> tuple[Callable[[Row], float | None], str, Callable[[float], str]]:
    """What an answer took, its unit, and how it is written."""
    if kind == "cost":
        return (lambda row: row.cost_usd), "US dollars an answer", "{:.4g}".format
    return (lambda row: row.latency_ms), "milliseconds, the median answer", "{:,.0f}".format


def _short(name: str, value: float) -> str:
    """A value as it stands at an axis: two decimals at most, where they tell it all."""
    return f"{value:.2f}" if round(value, 2) == round(value, 4) else number(name, value)


def _told(result: Result, row: Row) -> str:
    tried = ", ".join(f"{axis} {row.labels[axis]}" for axis in result.varied)
    return f"run {row.number}" + (f" ({tried})" if tried else "")
