"""The timeline drawn: a bar for each month that brought papers. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rag.collection.months import month_in_words
from ui.collection.figures import chosen_by, figure, written
from ui.collection.timeline import Month, Timeline
from ui.papers import counted

_WIDTH, _HEIGHT = 960, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 14, 26
_WIDEST = 40  # of a bar's share of the width
_YEAR = 44  # between two years' names
_STEPS = (1, 2, 5)


def timeline_svg(timeline: Timeline) -> str:
    """The months as bars that are links (``data-month="2024-09"``); "" where there is no month."""
    if not timeline.months:
        return ""
    most = max(month.count for month in timeline.months)
    parts = [*_scale(most), *_years(timeline.months), *_bars(timeline.months, most)]
    first, last = timeline.months[0], timeline.months[-1]
    about = f"From {_named(first)} to {_named(last)}. {timeline_caption(timeline)}"
    return figure("pc-timeline", (_WIDTH, _HEIGHT), "Papers by month", about, parts)


def timeline_caption(timeline: Timeline) -> str:
    """What the bars don't show, in a sentence or two."""
    shown = sum(month.count for month in timeline.months)
    year_only = sum(count for _, count in timeline.by_year)
    apart = {
        "known by their year only": year_only,
        "without a date": timeline.undated,
        "long before": timeline.earlier,
        "long after": timeline.later,
    }
    rest = ", ".join(f"{count:,} {why}" for why, count in apart.items() if count)
    told = f"{counted(shown)} with a known month."
    return f"{told} Not shown: {rest}." if rest else told


def _named(month: Month) -> str:
    return f"{month_in_words(month.month)} {month.year}"


def _height(count: int, most: int) -> float:
    return (_HEIGHT - _TOP - _BOTTOM) * count / _ceiling(most)


def _step(most: int) -> int:
    """Between two lines: 1, 2 or 5 times a power of ten, so that there are at most four."""
    power = 1
    while True:
        for step in _STEPS:
            if most <= 4 * step * power:
                return step * power
        power *= 10


def _ceiling(most: int) -> int:
    step = _step(most)
    return -(-most // step) * step


def _share(months: int) -> float:
    return min(_WIDEST, (_WIDTH - _LEFT - _RIGHT) / months)


def _scale(most: int) -> Iterator[str]:
    """Lines across, with their counts."""
    for count in range(0, _ceiling(most) + 1, _step(most)):
        y = _HEIGHT - _BOTTOM - _height(count, most)
        yield f'<path class="pc-grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        yield written(f"{count:,}", _LEFT - 6, y + 4, "pc-tick pc-tick-y")


def _years(months: tuple[Month, ...]) -> Iterator[str]:
    """Years under their first months, as many as there is room for."""
    share, free = _share(len(months)), 0.0
    for place, month in enumerate(months):
        x = _LEFT + place * share
        if (month.month == 1 or not place) and x >= free and x <= _WIDTH - _RIGHT - _YEAR / 2:
            yield written(str(month.year), x, _HEIGHT - 8, "pc-tick")
            free = x + _YEAR


def _bars(months: tuple[Month, ...], most: int) -> Iterator[str]:
    """A bar, and the whole column above it to point at."""
    share = _share(len(months))
    gap = min(2.0, share / 5)
    floor = _HEIGHT - _BOTTOM
    for place, month in enumerate(months):
        if not month.count:
            continue
        x, height = _LEFT + place * share, _height(month.count, most)
        mark = (
            f'<path class="pc-column" d="M{x:.1f} {_TOP}h{share:.1f}V{floor}h{-share:.1f}z"/>'
            f'<rect class="pc-bar" x="{x + gap / 2:.1f}" y="{floor - height:.1f}"'
            f' width="{share - gap:.1f}" height="{height:.1f}" rx="{min(1.5, gap):.1f}"/>'
        )
        yield chosen_by("month", month.key, f"{_named(month)}: {counted(month.count)}", mark)
