"""The page: what was run, its measures, plots and cases; style and script inside, no request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from inspect import isfunction
from pathlib import Path
from typing import Any

import numpy as np

from evals.html import plots
from evals.html.cases import Row, cases
from evals.html.markup import inert
from evals.html.shell import own_text, shell
from evals.judge.telling import judging_html
from evals.measures import grouped, named
from evals.report import heading, number
from evals.runs import SavedRun
from index.errors import ConfigError

_STAGES = ("plan", "retrieve", "first_token", "generate", "check", "total")
_QUANTILES = {"median": 50, "90%": 90, "99%": 99}


def keep_page(run: SavedRun, file: Path) -> None:
    """Writes the page. Raises ConfigError for a run that did not end or a file that can't be."""
    text = page(run)
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{file}: can't write the page there ({error})") from error


def page(run: SavedRun) -> str:
    """The run as one HTML document. Raises ConfigError when the run did not end.

    A browser that opens it runs nothing but the script inside, which is named by its hash, and
    asks no host for anything.
    """
    if run.report is None:
        raise ConfigError(f"{run.folder}: the run did not end")
    told = f"{run.config.get('model', 'unknown')}: {run.report['cases']} cases"
    body = (
        f"{_header(run)}<main>{_overview(run.report)}"
        f"{judging_html(run.report)}{_plots(run)}"
        f"<section><h2>Cases</h2>{cases(run.rows)}</section></main>"
    )
    return shell(
        f"{told} - paperchat evaluation",
        body,
        style=own_text("evals.html", "report.css"),
        script=own_text("evals.html", "report.js"),
    )


def _header(run: SavedRun) -> str:
    report, config = run.report or {}, run.config
    failed = f", {report['errors']} failed" if report["errors"] else ""
    libraries = config.get("libraries") or {}
    told = {
        "cases": f"{report['cases']} of {config.get('cases', 'an unnamed file')}{failed}",
        "when": str(config.get("started", "")).replace("T", " ").replace("+00:00", " UTC"),
        "prompt": config.get("prompt"),
        "store": _store(config),
        "settings": _joined(config, ("length", "strictness", "judge", "top_papers", "seed")),
        "spent": _spent(run.rows),
        "versions": " · ".join(
            f"{name} {version}"
            for name, version in {"paperchat": config.get("paperchat"), **libraries}.items()
            if version
        ),
    }
    facts = "".join(
        f"<div><dt>{name}</dt><dd>{inert(value)}</dd></div>"
        for name, value in told.items()
        if value
    )
    title = inert(f"{config.get('model', 'unknown')}, {report['cases']} cases")
    return f"<header><p>paperchat evaluation</p><h1>{title}</h1><dl>{facts}</dl></header>"


def _store(config: Mapping[str, Any]) -> str:
    held = [
        f"{config['store_papers']} papers" if "store_papers" in config else "",
        f"revision {config['store_revision']}" if "store_revision" in config else "",
        str(config.get("embedder") or ""),
        str(config.get("chunking") or ""),
    ]
    return ", ".join(part for part in held if part)


def _joined(config: Mapping[str, Any], names: Sequence[str]) -> str:
    given = ((name.replace("_", " "), config.get(name)) for name in names)
    return ", ".join(f"{name} {value}" for name, value in given if value is not None)


def _spent(rows: Sequence[Row]) -> str:
    """Tokens and cost of all answers; "" where there were none."""
    answers = [row["answer"] for row in rows if row.get("answer")]
    usage = [answer.get("usage") or {} for answer in answers]
    read, wrote = (
        sum(one.get(name) or 0 for one in usage) for name in ("prompt_tokens", "completion_tokens")
    )
    if not read and not wrote:
        return ""
    cost = sum(answer.get("cost_usd") or 0.0 for answer in answers)
    return f"{read:,} tokens read, {wrote:,} written" + (f", ${cost:,.4f}" if cost else "")


def _overview(report: Mapping[str, Any]) -> str:
    """The measures over all cases."""
    aggregates = report["aggregates"]
    groups = "".join(
        f'<tbody><tr class="group"><th scope="rowgroup" colspan="5">{inert(heading(group, names))}'
        f"</th></tr>{''.join(_measure(name, aggregates[name]) for name in names)}</tbody>"
        for group, names in grouped(aggregates)
    )
    headings = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("measure", "mean", "95% interval", "cases", "unscored")
    )
    return (
        "<section><h2>Measures</h2><table class='measures'><thead>"
        f"<tr>{headings}</tr></thead>{groups}</table></section>"
    )


def _measure(name: str, value: Mapping[str, Any]) -> str:
    """A line of the table; one that scored no case tells what it needs."""
    known = named(name)
    needs = f"; scored no case: needs {known.needs}" if known and known.needs else ""
    meaning, kind = _meaning(name), "graded"
    if not value["n"]:
        meaning, kind = meaning + needs, "ungraded"
    return (
        f'<tr class="{kind}"><th scope="row">{inert(name)}'
        f'<span class="soft">{inert(meaning)}</span></th><td>{number(name, value["mean"])}</td>'
        f"<td>{_interval(name, value['interval'])}</td><td>{value['n']}</td>"
        f"<td>{value['unscored']}</td></tr>"
    )


def _meaning(name: str) -> str:
    """The first sentence of the measure's own definition; "" for one that is not known."""
    measure = named(name)
    if measure is None or not isfunction(measure.score):
        return ""
    words = " ".join((measure.score.__doc__ or "").split("\n\n")[0].split())
    return words.replace("``", "").partition(". ")[0].removesuffix(".")


def _interval(name: str, ends: Sequence[float] | None) -> str:
    return "-" if ends is None else f"{number(name, ends[0])} to {number(name, ends[1])}"


def _plots(run: SavedRun) -> str:
    return (
        f'<section><h2>Refusals and time</h2><div class="plots">{_refusals(run.rows)}'
        f"{_latency(run.rows)}</div></section>"
        '<section><h2>By type of question</h2><p class="soft">Means with their 95% intervals; '
        f"in brackets, how many cases were graded.</p>{_by_type(run.report or {})}</section>"
    )


def _by_type(report: Mapping[str, Any]) -> str:
    """A plot for each measure that differs between the types, in groups; the others in a line."""
    parts, alike = [], []
    for group, names in grouped(report["aggregates"]):
        drawn = []
        for name in names:
            dots = _dots(report, name)
            if len({dot.mean for dot in dots}) > 1:
                drawn.append(_means(name, dots))
            elif dots:
                alike.append(f"{inert(name)} {number(name, dots[0].mean)}")
        if drawn:
            parts.append(f'<h3>{inert(group)}</h3><div class="plots">{"".join(drawn)}</div>')
    same = f"<p>The same for every type: {', '.join(alike)}.</p>" if alike else ""
    return "".join(parts) + same


def _dots(report: Mapping[str, Any], name: str) -> list[plots.Dot]:
    types = [(kind, by[name]) for kind, by in report["by_type"].items() if name in by]
    return [
        plots.Dot(kind, one["mean"], tuple(one["interval"] or ()) or None, one["n"])
        for kind, one in [("all", report["aggregates"][name]), *types]
        if one["mean"] is not None
    ]


def _means(name: str, dots: Sequence[plots.Dot]) -> str:
    known = named(name)
    better = f"{known.better if known else 'higher'} is better"
    caption = f'{inert(name)} <span class="soft">{better}</span>'
    return _figure(caption, plots.means(dots, partial(number, name), top=_top(name, dots)))


def _top(name: str, dots: Sequence[plots.Dot]) -> float:
    """Where the scale ends: 1 for a measure in [0, 1], else the highest end of an interval."""
    highest: float = max(end for dot in dots for end in (dot.mean, *(dot.interval or ())))
    known = named(name)
    if known is not None:
        return 1.0 if known.bounded else highest or 1.0
    return max(1.0, highest)


def _refusals(rows: Sequence[Row]) -> str:
    counts: dict[tuple[str, bool], list[bool]] = {}
    for row in rows:
        if row.get("answer"):
            key = (str(row["type"]), bool(row["answerable"]))
            counts.setdefault(key, []).append(bool(row["answer"]["abstained"]))
    bars = [
        plots.Refused(kind, answerable, sum(refused), len(refused))
        for (kind, answerable), refused in counts.items()
    ]
    rightly = sum(bar.refused for bar in bars if not bar.answerable)
    total = sum(bar.refused for bar in bars)
    told = f"{rightly} of {total} refusals were right" if total else "nothing was refused"
    return _figure(f'Share refused <span class="soft">{told}</span>', plots.refusals(bars))


def _latency(rows: Sequence[Row]) -> str:
    """How long answers took, in all and by stage."""
    answered = [row for row in rows if row.get("answer")]
    if not answered:
        return ""
    values = [float(row["milliseconds"]) for row in answered]
    marks = {
        f"{name} {value:,.0f}": value
        for name, value in zip(_QUANTILES, _quantiles(values), strict=True)
    }
    drawn = plots.histogram(values, marks, "milliseconds")
    timings = [row["answer"].get("timings_ms") or {} for row in answered]
    return _figure("Time until the whole answer", drawn) + _stages(timings)


def _stages(timings: Sequence[Mapping[str, float]]) -> str:
    # A stage that took no time was left out, as in a list that the records give.
    stages = {stage: [float(one[stage]) for one in timings if one.get(stage)] for stage in _STAGES}
    lines = "".join(
        f'<tr><th scope="row">{stage.replace("_", " ")}</th>'
        + "".join(f"<td>{value:,.0f}</td>" for value in _quantiles(took))
        + "</tr>"
        for stage, took in stages.items()
        if took
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("stage", *_QUANTILES))
    table = f'<table class="stages"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    caption = 'Time by stage <span class="soft">milliseconds</span>'
    return _figure(caption, table) if lines else ""


def _quantiles(values: Sequence[float]) -> list[float]:
    return [float(value) for value in np.percentile(values, list(_QUANTILES.values()))]


def _figure(caption: str, body: str) -> str:
    return f"<figure><figcaption>{caption}</figcaption>{body}</figure>"
