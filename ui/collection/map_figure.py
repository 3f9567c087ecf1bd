"""The topic map drawn: a mark for each paper, coloured and shaped by its cluster. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.types import Paper
from ui.collection.figures import chosen_by, figure, written
from ui.collection.titles import readable
from ui.collection.topics import Cluster, Point, TopicMap
from ui.papers import counted
from ui.typography import inert

MOST_DRAWN = 2_000
"""Marks that a page draws and scrolls with ease; of more papers an even part of each cluster."""

_WIDTH, _HEIGHT = 960, 640
_MARGIN = 24
_LINE = 17  # of a label, one over the other
_LETTER = 7.4  # an average letter's width in a label
_SHAPES = (  # about 0, of equal areas; with the colours they tell clusters apart for any eyes
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "M-4.5 -4.5h9v9h-9z",
    "M0 -6.2L6 4.6H-6z",
    "M0 -6.4L6.4 0L0 6.4L-6.4 0z",
)


@dataclass(frozen=True, slots=True)
class _Box:
    """A label's place: its middle, and how far it reaches from there."""

    x: float
    y: float
    across: float
    down: float

    def meets(self, other: _Box) -> bool:
        apart = abs(self.x - other.x) - self.across - other.across
        return apart < 0 and abs(self.y - other.y) < self.down + other.down


def map_svg(topic_map: TopicMap, papers: Iterable[Paper]) -> str:
    """The map, its marks links (``data-paper``); "" without papers. Papers not there are left out.

    The clusters' names stand near their middles, moved apart where they would overlap.
    """
    titles = {paper.id: readable(paper.title) for paper in papers}
    points = [point for point in topic_map.points if point.paper_id in titles]
    if not points:
        return ""
    drawn = _some(points)
    parts = [
        _group(cluster, [point for point in drawn if point.cluster == cluster.id], titles)
        for cluster in topic_map.clusters
    ]
    return figure(
        "pc-map",
        (_WIDTH, _HEIGHT),
        "Topic map",
        map_caption(topic_map, len(drawn)),
        [*parts, *_labels(topic_map.clusters, points)],
    )


def map_caption(topic_map: TopicMap, drawn: int | None = None) -> str:
    """What the map is, in two sentences. ``drawn``: how many papers have a mark."""
    total = len(topic_map.points)
    shown = min(total, MOST_DRAWN) if drawn is None else drawn
    some = counted(total) if shown == total else f"{shown:,} of {counted(total)}"
    count = len(topic_map.clusters)
    groups = "one group" if count == 1 else f"{count} groups"
    return f"{some} in {groups}, named by their own words. Near papers are alike in meaning."


def map_legend(topic_map: TopicMap) -> str:
    """The clusters as a list with their marks and sizes; for screens too small for the names."""
    items = "".join(
        f'<li class="pc-topic-{cluster.id}" data-cluster="{cluster.id}">'
        f'<svg viewBox="-8 -8 16 16" aria-hidden="true">{_mark(cluster.id)}</svg>'
        f"<span>{inert(cluster.label)}</span> <small>{counted(cluster.size)}</small></li>"
        for cluster in topic_map.clusters
    )
    return f'<ul class="pc-groups">{items}</ul>' if items else ""


def _some(points: Sequence[Point]) -> list[Point]:
    """At most ``MOST_DRAWN``, as even over the clusters as they are."""
    if len(points) <= MOST_DRAWN:
        return list(points)
    ranked = sorted(points, key=lambda point: point.cluster)
    return [ranked[n * len(ranked) // MOST_DRAWN] for n in range(MOST_DRAWN)]


def _group(cluster: Cluster, points: Iterable[Point], titles: dict[str, str]) -> str:
    marks = "".join(
        chosen_by("paper", point.paper_id, titles[point.paper_id], _mark(cluster.id, *_at(point)))
        for point in points
    )
    name = f"{inert(cluster.label)}: {counted(cluster.size)}"
    return f'<g class="pc-topic-{cluster.id}" role="group" aria-label="{name}">{marks}</g>'


def _mark(cluster: int, x: float = 0, y: float = 0) -> str:
    moved = f' transform="translate({x:.1f} {y:.1f})"' if x or y else ""
    return f'<path class="pc-point" d="{_SHAPES[cluster % len(_SHAPES)]}"{moved}/>'


def _at(point: Point) -> tuple[float, float]:
    return (
        _MARGIN + point.x * (_WIDTH - 2 * _MARGIN),
        _HEIGHT - _MARGIN - point.y * (_HEIGHT - 2 * _MARGIN),
    )


def _labels(clusters: Iterable[Cluster], points: Sequence[Point]) -> Iterator[str]:
    """A cluster's first term over the others, the largest clusters' placed first."""
    placed: list[_Box] = []
    for cluster in clusters:
        mine = [_at(point) for point in points if point.cluster == cluster.id]
        if not mine:
            continue
        lines = _lines(cluster)
        across = _LETTER * max(map(len, lines)) / 2
        middle = median(x for x, _ in mine), median(y for _, y in mine)
        box = _free(_Box(*middle, across, _LINE * len(lines) / 2), placed)
        placed.append(box)
        top = box.y - box.down
        text = "".join(
            written(line, box.x, top + _LINE * (n + 0.8), "pc-label" if n else "pc-label pc-first")
            for n, line in enumerate(lines)
        )
        yield f'<g class="pc-topic-{cluster.id}">{text}</g>'


def _lines(cluster: Cluster) -> list[str]:
    if not cluster.terms:
        return [cluster.label]
    first, *rest = cluster.terms
    return [first, ", ".join(rest)] if rest else [first]


def _free(box: _Box, placed: Sequence[_Box]) -> _Box:
    """The box inside the frame, moved up, down or aside as little as keeps it from others."""
    steps = sorted(
        ((across, down) for across in range(-4, 5) for down in range(-8, 9)),
        key=lambda step: (step[0] * 40) ** 2 + (step[1] * _LINE) ** 2,
    )
    tried = [
        _inside(_Box(box.x + 40 * a, box.y + _LINE * d, box.across, box.down)) for a, d in steps
    ]
    return next((at for at in tried if not any(at.meets(b) for b in placed)), tried[0])


def _inside(box: _Box) -> _Box:
    x = min(max(box.x, box.across), max(_WIDTH - box.across, box.across))
    y = min(max(box.y, box.down), _HEIGHT - box.down)
    return _Box(x, y, box.across, box.down)
