"""A placing for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table

from evals.benchmark.scoring import Placed, Placing
from evals.benchmark.ways import PRODUCT

_HEADINGS = ("", "nDCG@10", "95% interval", "recall@10", "recall@100", "MRR@10", "queries/s")
_CAPTION = "against: nDCG@10 query by query; p: sign-flip test, corrected for all of them"
_VERDICTS = {"better": "better", "worse": "worse", "same": "no real difference"}


def table(placing: Placing) -> Table:
    """One row a way. Fits 80 columns."""
    shown = Table(
        title=title(placing),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
        caption=f"queries/s over {placing.timed:,} of them, one at a time",
        caption_justify="left",
    )
    for heading in _HEADINGS:
        shown.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for one in placing.ways:
        shown.add_row(*_row(one), style="bold" if one.way == PRODUCT else None)
    return shown


def lines(placing: Placing) -> list[str]:
    """What is said below the table: the product against each other way, and what others report."""
    told = [_against(one) for one in placing.ways if one.behind is not None]
    told += [_CAPTION]
    told += [
        f"published, not measured here: {each.system}, nDCG@10 {each.ndcg_10:.3f},"
        f" recall@100 {each.recall_100:.3f}\n    ({each.source})"
        for each in placing.published
    ]
    return told


def markdown(placing: Placing) -> str:
    """The same as Markdown."""
    rows = [_HEADINGS, ["---"] * len(_HEADINGS), *map(_row, placing.ways)]
    drawn = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    told = (*lines(placing), f"queries/s over {placing.timed:,} of them", *placing.notes)
    notes = "\n".join(f"- {' '.join(line.split())}" for line in told)
    return f"**{title(placing)}**\n\n{drawn}\n\n{notes}\n"


def title(placing: Placing) -> str:
    """What was asked of what."""
    return (
        f"{placing.benchmark}, {placing.split}: {placing.queries:,} queries,"
        f" {placing.papers:,} papers, {placing.embedder}"
    )


def _row(one: Placed) -> Sequence[str]:
    interval = "-" if one.interval is None else "{:.3f} to {:.3f}".format(*one.interval)
    means = (one.recall_10, one.recall_100, one.mrr_10)
    speed = f"{one.queries_per_second:,.0f}"
    return (one.way, f"{one.ndcg_10:.3f}", interval, *(f"{mean:.3f}" for mean in means), speed)


def _against(one: Placed) -> str:
    behind = one.behind
    if behind is None:
        return ""
    ends = behind.interval
    between = f" ({ends[0]:+.3f} to {ends[1]:+.3f})" if ends else ""
    p = "p < 0.001" if behind.corrected_p < 0.001 else f"p {behind.corrected_p:.3f}"
    return (
        f"{PRODUCT} against {one.way}: {behind.mean:+.3f}{between}, {p}: {_VERDICTS[one.verdict]}"
    )
