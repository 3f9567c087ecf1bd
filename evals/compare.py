"""Two runs of the same cases, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evals.bootstrap import Difference, paired_difference
from evals.measures import MEASURES
from evals.runs import SavedRun
from evals.types import Measure
from index.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure in both runs, over the cases that both graded."""

    measure: str
    a: float
    b: float
    difference: Difference
    verdict: str
    """ "better" or "worse" (b against a) where the interval leaves out zero, else "same"."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose score changed by half of the range or more."""

    id: str
    measure: str
    question: str
    a: float
    b: float
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """``only_a`` and ``only_b`` are the cases that the other run doesn't have."""

    measures: tuple[Compared, ...]
    flips: tuple[Flip, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def compare(a: SavedRun, b: SavedRun, *, seed: int = 0) -> Comparison:
    """Pairs by case id. Raises ConfigError when the runs have no case in common."""
    rows_a, rows_b = ({row["id"]: row for row in run.rows} for run in (a, b))
    shared = [case for case in rows_a if case in rows_b]
    if not shared:
        raise ConfigError(f"{a.folder} and {b.folder} have no case in common")
    measures, flips = [], []
    for measure in MEASURES:
        pairs = _pairs(measure, shared, rows_a, rows_b)
        if pairs:
            measures.append(_compared(measure, pairs, seed))
            flips += _flips(measure, pairs, rows_a)
    only_a = tuple(case for case in rows_a if case not in rows_b)
    only_b = tuple(case for case in rows_b if case not in rows_a)
    return Comparison(tuple(measures), tuple(flips), only_a, only_b)


Rows = Mapping[str, Mapping[str, Any]]
Pairs = Mapping[str, tuple[float, float]]


def _pairs(measure: Measure, shared: list[str], a: Rows, b: Rows) -> Pairs:
    found = {}
    for case in shared:
        before, after = (row[case]["scores"].get(measure.name, {}).get("value") for row in (a, b))
        if before is not None and after is not None:
            found[case] = (float(before), float(after))
    return found


def _compared(measure: Measure, pairs: Pairs, seed: int) -> Compared:
    before, after = zip(*pairs.values(), strict=True)
    difference = paired_difference(before, after, seed=seed)
    verdict = "same"
    if difference.real:
        verdict = "better" if (difference.mean > 0) == (measure.better == "higher") else "worse"
    n = len(pairs)
    return Compared(measure.name, sum(before) / n, sum(after) / n, difference, verdict)


def _flips(measure: Measure, pairs: Pairs, rows: Rows) -> list[Flip]:
    if not measure.bounded:
        return []
    return [
        Flip(
            case,
            measure.name,
            rows[case]["question"],
            before,
            after,
            better=(after > before) == (measure.better == "higher"),
        )
        for case, (before, after) in pairs.items()
        if abs(after - before) >= 0.5
    ]
