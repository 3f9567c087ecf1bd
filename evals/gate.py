"""Gates: the bounds that a run has to keep, from a TOML file, and which of them it broke.

A table ``[measures.NAME]`` bounds the mean of a measure over all cases by a ``floor``, a
``ceiling`` or both, and ``[types.TYPE.NAME]`` over the cases of one type of question. What may not
get worse than in a baseline run is every measure in [0, 1] that can be compared case by case, or
``measures`` of ``[baseline]``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.compare import Compared, compare
from evals.measures import ALL_MEASURES, named
from evals.measures.judged import JUDGED
from evals.runs import SavedRun
from index.errors import ConfigError

KNOWN = tuple(measure.name for measure in ALL_MEASURES)
_BOUNDED = tuple(measure.name for measure in ALL_MEASURES if measure.bounded)
_PAIRED = tuple(measure.name for measure in ALL_MEASURES if measure.bounded and measure.paired)
_JUDGED = tuple(measure.name for measure in JUDGED)
_ROUNDING = 1e-9  # a mean of tenths that is a floor of tenths keeps it


@dataclass(frozen=True, slots=True)
class Bound:
    """What the mean of a measure may be at least, at most, or both.

    ``kind`` is the type of question whose cases count; "" counts all.
    """

    measure: str
    kind: str = ""
    floor: float | None = None
    ceiling: float | None = None

    @property
    def name(self) -> str:
        """Such as ``recall, floor 0.9`` or ``survey: recall, floor 0.8, ceiling 1``."""
        sides = (("floor", self.floor), ("ceiling", self.ceiling))
        given = [f"{side} {_shown(value)}" for side, value in sides if value is not None]
        return ", ".join([f"{self.kind}: {self.measure}" if self.kind else self.measure, *given])


@dataclass(frozen=True, slots=True)
class Gate:
    """The bounds of a file, and the measures that are held against a baseline run.

    ``against`` is None where the file names none: then all measures in [0, 1] are that can be
    compared case by case, those of judges only where one judge scored both runs.
    """

    file: Path
    bounds: tuple[Bound, ...]
    against: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a bound was kept. ``measured`` tells value, interval and cases, or what is missing.

    ``name`` is the bound's; ``measure`` and ``kind`` are what it is about.
    """

    measure: str
    kind: str
    name: str
    kept: bool
    measured: str

    def __str__(self) -> str:
        """One line."""
        line = f"{self.name}: {self.measured}"
        return f"{'ok  ' if self.kept else 'FAIL'}  {' '.join(line.split())}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def load_gate(path: Path, known: Collection[str] = KNOWN) -> Gate:
    """The gate of a TOML file, with bounds on ``known`` measures only.

    Raises ConfigError, naming file and key, for a file that can't be read, for keys and measures
    that nobody knows, for bounds that no value or every value would keep, and for measures under
    ``[baseline]`` that can't be compared case by case.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: can't be read as TOML ({error})") from error
    _only(path, "", table, ("measures", "types", "baseline"))
    bounds = _bounds(path, "measures", table.get("measures", {}), known)
    for kind, measures in _table(path, "types", table.get("types", {})).items():
        bounds += _bounds(path, f"types.{kind}", measures, known, kind)
    against = _against(path, table["baseline"], known) if "baseline" in table else None
    return Gate(path, tuple(bounds), against)


def check(gate: Gate, run: SavedRun, baseline: SavedRun | None = None) -> tuple[Verdict, ...]:
    """A verdict for each bound, then for each measure that is held against the baseline.

    A measure got worse where the paired comparison says so (``evals.compare``). One that graded
    no case breaks its bound. Raises ConfigError for a run that did not end, for two runs without a
    case in common, and for a gate that holds the run to nothing.
    """
    if run.report is None:
        raise ConfigError(f"{run.folder}: the run did not end; run it again")
    if not gate.bounds and baseline is None:
        raise ConfigError(f"{gate.file}: sets no bound; add one, or name a run with --baseline")
    verdicts = [_verdict(bound, run.report) for bound in gate.bounds]
    if baseline is not None:
        verdicts += _held(gate, baseline, run)
    return tuple(verdicts)


def _bounds(
    path: Path, key: str, value: object, known: Collection[str], kind: str = ""
) -> list[Bound]:
    table = _table(path, key, value)
    _only(path, key, table, known)
    return [_bound(path, f"{key}.{name}", sides, name, kind) for name, sides in table.items()]


def _bound(path: Path, key: str, value: object, measure: str, kind: str) -> Bound:
    sides = _table(path, key, value)
    _only(path, key, sides, ("floor", "ceiling"))
    if not sides:
        raise ConfigError(f"{path}: {key}: write a floor, a ceiling or both")
    for side, number in sides.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ConfigError(f"{path}: {key}.{side}: must be a number, not {number!r}")
        if not math.isfinite(number) or (measure in _BOUNDED and not 0 <= number <= 1):
            span = "from 0 to 1" if measure in _BOUNDED else "that is finite"
            raise ConfigError(f"{path}: {key}.{side}: must be a number {span}, not {number!r}")
    floor, ceiling = sides.get("floor"), sides.get("ceiling")
    if floor is not None and ceiling is not None and floor > ceiling:
        raise ConfigError(f"{path}: {key}: the floor {floor} is above the ceiling {ceiling}")
    return Bound(measure, kind, floor, ceiling)


def _against(path: Path, value: object, known: Collection[str]) -> tuple[str, ...] | None:
    table = _table(path, "baseline", value)
    _only(path, "baseline", table, ("measures",))
    names = table.get("measures")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{path}: baseline.measures: must be a list of names, not {names!r}")
    _only(path, "baseline.measures", dict.fromkeys(names), known)
    for measure in map(named, names):
        if measure is not None and not measure.paired:
            why = (
                "can't be held against a baseline: a case that both runs grade is the same in both"
            )
            raise ConfigError(f"{path}: baseline.measures.{measure.name}: {why}; bound its mean")
    return tuple(dict.fromkeys(names))


def _table(path: Path, key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: {key}: must be a table, not {value!r}")
    return value


def _only(path: Path, key: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for name in table:
        if name not in known:
            where = f"{key}.{name}" if key else name
            raise ConfigError(f"{path}: {where}: unknown; known are: {', '.join(known)}")


def _verdict(bound: Bound, report: Mapping[str, Any]) -> Verdict:
    """Holds a bound against ``EvalReport.to_dict()``."""
    groups = report["by_type"]
    aggregates = groups.get(bound.kind, {}) if bound.kind else report["aggregates"]
    found = aggregates.get(bound.measure)
    if bound.kind and bound.kind not in groups:
        missing = f"no case of that type was run; the run's types are: {', '.join(groups)}"
        return Verdict(bound.measure, bound.kind, bound.name, kept=False, measured=missing)
    if found is None or found["mean"] is None:
        missing = f"no case was scored ({found['unscored'] if found else 0} unscored)"
        return Verdict(bound.measure, bound.kind, bound.name, kept=False, measured=missing)
    mean = float(found["mean"])
    above = bound.floor is None or mean >= bound.floor - _ROUNDING
    below = bound.ceiling is None or mean <= bound.ceiling + _ROUNDING
    measured = f"{_shown(mean)} ({_basis(found['interval'], found['n'])})"
    return Verdict(bound.measure, bound.kind, bound.name, above and below, measured)


def _held(gate: Gate, baseline: SavedRun, run: SavedRun) -> list[Verdict]:
    """Every measure that the baseline has scored on a case of the run, and those named."""
    found = compare(baseline, run)
    compared = {row.measure: row for row in found.measures}
    untold = _JUDGED if found.judges_differ else ()
    ids = {row["id"] for row in run.rows}
    scores = [row["scores"] for row in baseline.rows if row["id"] in ids]
    graded = {name for each in scores for name, score in each.items() if score["value"] is not None}
    held = [name for name in _PAIRED if name in graded and name not in untold]
    names = held if gate.against is None else gate.against
    missing = dict.fromkeys(untold, "another judge, or other prompts, scored the baseline")
    unscored = "no case was scored in both runs"
    return [_against_baseline(n, compared.get(n), missing.get(n, unscored)) for n in names]


def _against_baseline(measure: str, row: Compared | None, missing: str) -> Verdict:
    name = f"{measure}, not worse than the baseline"
    if row is None:
        return Verdict(measure, "", name, kept=False, measured=missing)
    change = row.difference
    values = f"{_shown(row.b)} against {_shown(row.a)}, {_shown(change.mean, '+')}"
    measured = f"{values} ({_basis(change.interval, change.n)})"
    return Verdict(measure, "", name, row.verdict != "worse", measured)


def _basis(interval: object, n: int) -> str:
    cases = f"{n} case{'s' * (n != 1)}"
    if not isinstance(interval, list | tuple):
        return cases
    low, high = interval
    return f"95% interval {_shown(low)} to {_shown(high)}, {cases}"


def _shown(value: float, sign: str = "") -> str:
    """Four decimals at most: enough to tell a value from the bound that it misses."""
    return f"{round(value, 4) + 0.0:{sign}.10g}"
