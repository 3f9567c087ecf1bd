"""Means with their intervals as small bars: plain SVG, coloured by classes of assets/runs.css."""

from __future__ import annotations

from collections.abc import Sequence

from ui.runs.measures import naming, shown
from ui.runs.types import Measured
from ui.typography import inert

_WIDTH, _EDGE, _LINE = 130, 5, 13


def bars(measured: Sequence[Measured], top: float = 1.0) -> str:
    """One line for each run's measure, on one scale from 0 to ``top``, the last run's filled."""
    height = _LINE * len(measured) + 3
    last = len(measured) - 1
    marks = "".join(
        _line(one, top, _LINE * place + 8, "pc-b" if place == last else "pc-a")
        for place, one in enumerate(measured)
    )
    ends = f"M{_EDGE} 1V{height - 1}M{_WIDTH - _EDGE} 1V{height - 1}"
    return (
        f'<svg class="pc-interval" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{inert("; ".join(map(in_words, measured)))}">'
        f'<path class="pc-scale" d="{ends}"/>{marks}</svg>'
    )


def scale_top(measured: Sequence[Measured]) -> float:
    """Where the scale of these ends: 1 for shares, else the largest value."""
    if all(naming(one.name).share for one in measured):
        return 1.0
    ends = [end for m in measured for end in (m.mean or 0.0, *(m.interval or ()))]
    return max(ends, default=0.0) or 1.0


def in_words(one: Measured) -> str:
    """A mean and its interval, as they are said."""
    if one.mean is None:
        return "not graded"
    between = f", 95% interval {interval(one)}" if one.interval else ", no interval kept"
    return f"{shown(one.name, one.mean)}{between}"


def interval(one: Measured) -> str:
    """The interval as it is written, "" where there is none."""
    if one.interval is None:
        return ""
    low, high = (shown(one.name, end) for end in one.interval)
    return f"{low} to {high}"


def _line(one: Measured, top: float, y: int, kind: str) -> str:
    track = f'<path class="pc-track" d="M{_EDGE} {y}H{_WIDTH - _EDGE}"/>'
    if one.mean is None:
        return track
    span = ""
    if one.interval is not None:
        left, right = (_x(end, top) for end in one.interval)
        span = f'<path class="pc-span {kind}" d="M{left:.1f} {y}H{right:.1f}"/>'
    return (
        f'{track}{span}<circle class="pc-mean {kind}" cx="{_x(one.mean, top):.1f}" cy="{y}" r="4"/>'
    )


def _x(value: float, top: float) -> float:
    return _EDGE + (_WIDTH - 2 * _EDGE) * min(1.0, max(0.0, value / top))
