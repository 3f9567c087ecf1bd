"""Quality against what it takes, as inline SVG: one point a run, the best bargains joined."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.html.markup import inert

_WIDTH, _HEIGHT = 400, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 384, 14, 206
_ROOM = 15  # between two labels

Written = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Point:
    """A run: its number, what it takes (from 0 on) and how good it is; ``told`` names it."""

    number: int
    cost: float
    quality: float
    told: str


def scatter(
    points: Sequence[Point],
    front: Sequence[int],
    *,
    unit: str,
    cost: Written,
    quality: Written,
) -> str:
    """The points, labelled with their numbers; those whose places are in ``front`` are joined.

    Runs at the same point share a label. Both scales reach a little further than the points.
    """
    across = _scale([point.cost for point in points], _LEFT, _RIGHT)
    up = _scale([point.quality for point in points], _BOTTOM, _TOP)
    at = [(across(point.cost), up(point.quality)) for point in points]
    parts = [*_axes(points, across, up, cost, quality), _unit(unit)]
    if len(front) > 1:
        path = "L".join(f"{at[place][0]:.1f} {at[place][1]:.1f}" for place in front)
        parts.append(f'<path class="front" d="M{path}"/>')
    last = sorted(range(len(points)), key=lambda place: place in front)
    for place, point in ((place, points[place]) for place in last):
        kind = "dot" if place in front else "dot beaten"
        x, y = at[place]
        parts.append(
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{inert(point.told)}'
            f": {inert(quality(point.quality))}, {inert(cost(point.cost))} {inert(unit)}</title>"
            "</circle>"
        )
    parts += _labels(points, at)
    told = "; ".join(
        f"run {p.number}: {quality(p.quality)} at {cost(p.cost)} {unit}"
        + (", on the front" if place in front else "")
        for place, p in enumerate(points)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{inert(told)}">'
        f"{''.join(parts)}</svg>"
    )


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    low, high = span(values)
    return lambda value: start + (end - start) * (value - low) / (high - low)


def span(values: Sequence[float]) -> tuple[float, float]:
    """Where a scale begins and ends: a tenth further than the values, not below 0."""
    low, high = min(values), max(values)
    room = (high - low) / 10 or abs(high) / 10 or 1.0
    return max(0.0, low - room) if low >= 0 else low - room, high + room


def ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers within the scale."""
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _axes(
    points: Sequence[Point],
    across: Callable[[float], float],
    up: Callable[[float], float],
    cost: Written,
    quality: Written,
) -> list[str]:
    parts = []
    for tick in ticks(*span([point.quality for point in points])):
        y = up(tick)
        parts.append(
            f'<path class="grid" d="M{_LEFT} {y:.1f}H{_RIGHT}"/>'
            f'<text class="value" x="{_LEFT - 6}" y="{y + 4:.1f}">{inert(quality(tick))}</text>'
        )
    for tick in ticks(*span([point.cost for point in points])):
        x = across(tick)
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{_BOTTOM + 16}">{inert(cost(tick))}</text>'
        )
    parts.append(f'<path class="axis" d="M{_LEFT} {_BOTTOM}H{_RIGHT}"/>')
    return parts


def _unit(unit: str) -> str:
    middle = (_LEFT + _RIGHT) / 2
    return f'<text class="tick" x="{middle:.0f}" y="{_BOTTOM + 36}">{inert(unit)}</text>'


def _labels(points: Sequence[Point], at: Sequence[tuple[float, float]]) -> list[str]:
    """The numbers beside their points; those whose points all but touch stand together."""
    groups: list[list[int]] = []
    for place, (x, y) in sorted(enumerate(at), key=lambda one: one[1]):
        near = (g for g in groups if math.dist(at[g[0]], (x, y)) < _ROOM)
        group = next(near, None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    parts = []
    for group in groups:
        x, y = max(at[place][0] for place in group), min(at[place][1] for place in group)
        numbers = ", ".join(str(points[place].number) for place in sorted(group))
        left = x > _RIGHT - 8 * len(numbers)
        anchor, gap = ("end", -9) if left else ("start", 9)
        x = min(at[place][0] for place in group) if left else x
        parts.append(
            f'<text class="named {anchor}" x="{x + gap:.1f}" y="{y - 5:.1f}">{numbers}</text>'
        )
    return parts
