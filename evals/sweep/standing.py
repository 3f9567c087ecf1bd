"""Which runs of a sweep are best, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median
from typing import Any

import numpy as np

from evals.compare import REAL, same_judge
from evals.measures import ALL_MEASURES
from evals.measures.judged import JUDGED
from evals.permutation import sign_flips
from evals.runs import SavedRun
from evals.sweep.grid import Grid
from evals.sweep.sweeping import Swept
from index.errors import ConfigError

DEFAULT_MEASURES = (
    "citation_recall",
    "citation_precision",
    "must_contain",
    "unanswerable_refused",
    "answerable_refused",
    "recall",
    "ndcg_10",
)
_MEASURES = {measure.name: measure for measure in ALL_MEASURES}


@dataclass(frozen=True, slots=True)
class Row:
    """A run of the sweep: what it tried, its means, and what an answer took.

    ``means``: by measure, None where no case was graded. ``latency_ms``: the median over the cases,
    which the first question of a process, with everything still to be loaded, doesn't move.
    ``cost_usd``: the mean over the answers; None where it isn't known.
    """

    number: int
    labels: Mapping[str, str]
    means: Mapping[str, float | None]
    latency_ms: float | None
    cost_usd: float | None
    failed: int
    folder: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The best runs by a measure: all that have the best mean.

    ``second`` is the best of the others, None where there is none; ``gain`` by how much better the
    first of the best is, over the cases that both graded; None where none of them can be compared
    (``evals.compare``). ``p``: of a sign-flip test over these, corrected for all measures of the
    table (Holm); None where two runs are best. ``real``: whether that is at most 0.05, and the
    gain more than 0: a mean goes by all cases that its run graded, a gain by those of both.
    """

    measure: str
    best: tuple[int, ...]
    second: int | None
    gain: float | None
    p: float | None

    @property
    def real(self) -> bool:
        """Whether the best is better than the second by more than chance."""
        return self.p is not None and self.p <= REAL and self.gain is not None and self.gain > 0


@dataclass(frozen=True, slots=True)
class Result:
    """A sweep's table: a row a run, and where each measure stands."""

    title: str
    varied: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    standings: tuple[Standing, ...]
    config: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        standings = [asdict(one) | {"real": one.real} for one in self.standings]
        return asdict(self) | {"standings": standings}


def known_measures(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each once. Raises ConfigError for one that no measure has."""
    for name in names:
        if name not in _MEASURES:
            known = ", ".join(_MEASURES)
            raise ConfigError(f"--measures: {name!r} is unknown; known are: {known}")
    return tuple(dict.fromkeys(names))


def result(grid: Grid, swept: Sequence[Swept], measures: Sequence[str], *, seed: int = 0) -> Result:
    """The table of the runs that have ended, in the order of the grid."""
    rows = tuple(_row(one, measures) for one in swept)
    found = [_standing(name, rows, swept, seed) for name in measures]
    corrected = _holm([one.p for one in found])
    standings = tuple(
        Standing(one.measure, one.best, one.second, one.gain, p)
        for one, p in zip(found, corrected, strict=True)
    )
    config = swept[0].run.config
    title = f"{len(rows)} runs of {config['n_cases']} cases ({config['cases']})"
    return Result(title, grid.varied, tuple(measures), rows, standings, config)


def better(measure: str) -> int:
    """1 where higher values are better, -1 where lower ones are."""
    return 1 if _MEASURES[measure].better == "higher" else -1


def front(points: Sequence[tuple[float, float]], direction: int) -> tuple[int, ...]:
    """The places of the points that no other one beats: the Pareto front, cheapest first.

    A point is (cost, quality), where less cost is better and quality times ``direction`` more. One
    point beats another that it is as good as in both, and better than in one.
    """
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -direction * points[i][1]))
    kept: list[int] = []
    for place in order:
        cost, quality = points[place]
        if kept:
            least, best = points[kept[-1]]
            if direction * quality < direction * best or (quality == best and cost > least):
                continue
        kept.append(place)
    return tuple(kept)


def _row(one: Swept, measures: Sequence[str]) -> Row:
    report, rows = one.run.report or {}, one.run.rows
    answers = [row["answer"] for row in rows if row.get("answer")]
    costs = [answer.get("cost_usd") for answer in answers]
    known = [float(cost) for cost in costs if cost is not None]
    times = [float(row["milliseconds"]) for row in rows if row["error"] is None]
    means = {name: report["aggregates"].get(name, {}).get("mean") for name in measures}
    return Row(
        one.variant.number,
        dict(one.variant.labels),
        means,
        median(times) if times else None,
        mean(known) if len(known) == len(costs) and known else None,
        int(report["errors"]),
        one.run.folder.name,
    )


def _standing(name: str, rows: Sequence[Row], swept: Sequence[Swept], seed: int) -> Standing:
    graded = {place: row.means[name] for place, row in enumerate(rows)}
    values = {place: better(name) * mean for place, mean in graded.items() if mean is not None}
    if not values:
        return Standing(name, (), None, None, None)
    top = max(values.values())
    best = [place for place, value in values.items() if value == top]
    numbers = tuple(rows[place].number for place in best)
    others = {place: value for place, value in values.items() if place not in best}
    if not others:
        return Standing(name, numbers, None, None, None)
    second = max(others, key=lambda place: others[place])
    gains = _gains(name, swept[best[0]].run, swept[second].run)
    gain = better(name) * float(gains.mean()) if gains.size else None
    p = float(sign_flips(gains[:, None], seed=seed)[0][0]) if gains.size else None
    return Standing(name, numbers, rows[second].number, gain, p if len(best) == 1 else None)


def _gains(name: str, best: SavedRun, second: SavedRun) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Best minus second for each case that both graded; shape (cases,).

    None of a measure whose pairs can't differ, nor where other judges scored the two.
    """
    measure = _MEASURES[name]
    if not measure.paired or (measure in JUDGED and not same_judge(best, second)):
        return np.empty(0)
    first, other = ({row["id"]: _value(row, name) for row in run.rows} for run in (best, second))
    pairs = ((value, other.get(case)) for case, value in first.items())
    return np.array([a - b for a, b in pairs if a is not None and b is not None], np.float64)


def _value(row: Mapping[str, Any], name: str) -> float | None:
    value = row["scores"].get(name, {}).get("value")
    return None if value is None else float(value)


def _holm(chances: Sequence[float | None]) -> list[float | None]:
    """Holm's correction of the p values that there are: each stands beside all others."""
    known = sorted((p, place) for place, p in enumerate(chances) if p is not None)
    corrected: list[float | None] = [None] * len(chances)
    least = 0.0
    for rank, (p, place) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - rank)))
        corrected[place] = least
    return corrected
