"""Plots as inline SVG: pure functions of numbers, coloured by the classes of report.css.

Each is 400 units wide, so that its text is of the page's size in a column of a phone. What it
shows is told in its label too, for those who don't see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evals.html.markup import inert, shortened

_WIDTH, _LEFT, _RIGHT = 400, 152, 318  # the scale lies between left and right
_ROW = 20
_LABEL = 22  # characters that fit left of the scale
_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)  # of a decade, about as far from each other as they look

Written = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Dot:
    """A mean over ``n`` cases with its 95% interval, None for a single case."""

    label: str
    mean: float
    interval: tuple[float, float] | None
    n: int


@dataclass(frozen=True, slots=True)
class Refused:
    """How many of the questions of a type were refused, and whether they have an answer."""

    label: str
    answerable: bool
    refused: int
    asked: int

    @property
    def share(self) -> float:
        """In [0, 1]; 0 where nothing was asked."""
        return self.refused / self.asked if self.asked else 0.0


def means(dots: Sequence[Dot], written: Written, *, top: float = 1.0) -> str:
    """A line each: the interval, the mean on it, its value; the scale goes from 0 to ``top``."""
    told = "; ".join(f"{dot.label}: {written(dot.mean)} over {dot.n}" for dot in dots)
    parts = [_scale(len(dots), written, top)]
    for place, dot in enumerate(dots):
        y = _ROW * place + 12
        parts.append(_label(dot.label, y))
        if dot.interval is not None:
            low, high = (_x(end, top) for end in dot.interval)
            parts.append(f'<path class="span" d="M{low:.1f} {y}H{high:.1f}"/>')
        parts.append(f'<circle class="dot" cx="{_x(dot.mean, top):.1f}" cy="{y}" r="4"/>')
        parts.append(_value(f"{written(dot.mean)} ({dot.n})", y))
    return _svg(_ROW * len(dots) + 26, told, parts)


def refusals(rows: Sequence[Refused]) -> str:
    """A bar each for the share that was refused, in two groups: with an answer, and without."""
    groups = (
        ("With an answer: none should be refused", "wrong", [r for r in rows if r.answerable]),
        ("Without an answer: all should be", "right", [r for r in rows if not r.answerable]),
    )
    parts, y = [], 12
    for heading, kind, group in groups:
        if not group:
            continue
        parts.append(f'<text class="heading" x="0" y="{y + 4}">{heading}</text>')
        for row in group:
            y += _ROW
            parts.append(_label(row.label, y))
            parts.append(f'<path class="track" d="M{_LEFT} {y}H{_RIGHT}"/>')
            if row.refused:
                parts.append(f'<path class="bar {kind}" d="M{_LEFT} {y}H{_x(row.share, 1):.1f}"/>')
            parts.append(_value(f"{row.refused} of {row.asked}", y))
        y += _ROW + 8
    told = "; ".join(
        f"{row.label}, {'with' if row.answerable else 'without'} an answer: "
        f"{row.refused} of {row.asked} refused"
        for row in rows
    )
    return _svg(max(1, y - 12), told, parts)


def histogram(values: Sequence[float], marks: Mapping[str, float], unit: str) -> str:
    """How many values lie in each bin, bins as wide as their logarithm; ``marks`` are named lines.

    Values below 1 count as 1.
    """
    edges = bins(values)
    counts = _counts(values, edges)
    base, tallest = 150, max(counts, default=0) or 1
    x = _position(edges)
    parts, told_counts = [], []
    for place, count in enumerate(counts):
        if count:
            left, right, height = x(edges[place]), x(edges[place + 1]), 100 * count / tallest
            parts.append(
                f'<path class="column" d="M{left + 1:.1f} {base}V{base - height:.1f}'
                f'H{right - 1:.1f}V{base}Z"/>'
            )
            told_counts.append(
                f'<text class="count" x="{(left + right) / 2:.1f}" y="{base - height - 4:.1f}">'
                f"{count}</text>"
            )
    parts.append(f'<path class="axis" d="M20 {base}H380"/>')
    parts += _ticks(edges, x, base)
    parts.append(f'<text class="tick" x="200" y="{base + 32}">{inert(unit)}</text>')
    for place, (name, value) in enumerate(marks.items()):
        at, y = x(max(1.0, value)), 10 + 13 * place
        side, gap = ("end", -4) if at > 300 else ("start", 4)
        parts.append(
            f'<path class="mark" d="M{at:.1f} {y - 8}V{base}"/>'
            f'<text class="named {side}" x="{at + gap:.1f}" y="{y}">{inert(name)}</text>'
        )
    told = "; ".join([f"{len(values)} values, {unit}", *marks])
    return _svg(base + 38, told, parts + told_counts)


def bins(values: Sequence[float]) -> list[float]:
    """Edges around all values, of the form 1, 1.5, 2, 3, 5 or 7 times a power of ten; from 1 on."""
    low, high = max(1.0, min(values, default=1.0)), max(1.0, *values, 1.0)
    decades = range(int(math.log10(low)), int(math.log10(high)) + 2)
    edges = [step * 10.0**decade for decade in decades for step in _STEPS]
    first = max(place for place, edge in enumerate(edges) if edge <= low)
    last = min(place for place, edge in enumerate(edges) if edge > high)
    return edges[first : last + 1]


def _counts(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    return [sum(low <= max(1.0, value) < high for value in values) for low, high in pairwise(edges)]


def _position(edges: Sequence[float]) -> Callable[[float], float]:
    low, high = math.log(edges[0]), math.log(edges[-1])
    return lambda value: 20 + 360 * (math.log(value) - low) / (high - low)


def _ticks(edges: Sequence[float], x: Callable[[float], float], base: int) -> list[str]:
    """Labels of the edges, as many as find room beside each other."""
    parts, free = [], -math.inf
    for edge in edges:
        label = f"{edge:,g}"
        if x(edge) - free >= 8 * len(label):
            free = x(edge) + 4 * len(label)
            parts.append(f'<text class="tick" x="{x(edge):.1f}" y="{base + 15}">{label}</text>')
    return parts


def _scale(rows: int, written: Written, top: float) -> str:
    bottom = _ROW * rows + 4
    lines = "".join(f"M{_x(part * top, top):.1f} 2V{bottom}" for part in (0, 0.5, 1))
    ends = "".join(
        f'<text class="tick" x="{_x(end, top):.1f}" y="{bottom + 15}">{inert(text)}</text>'
        for end, text in ((0, "0"), (top, "1" if top == 1 else written(top)))
    )
    return f'<path class="grid" d="{lines}"/>{ends}'


def _x(value: float, top: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(1.0, max(0.0, value / top))


def _label(text: str, y: int) -> str:
    whole = f"<title>{inert(text)}</title>" if len(text) > _LABEL else ""
    return f'<text class="label" x="0" y="{y + 4}">{whole}{inert(shortened(text, _LABEL))}</text>'


def _value(text: str, y: int) -> str:
    return f'<text class="value" x="{_WIDTH}" y="{y + 4}">{inert(text)}</text>'


def _svg(height: int, told: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{inert(told)}">'
        f"{''.join(parts)}</svg>"
    )
