"""A run's questions, alone or beside another run's: paired, filtered, put in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ui.runs.measures import gain, naming
from ui.runs.types import Case, Measured

Which = Literal["all", "differ", "better", "worse"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question of the run, and the same one of the run that it is compared with."""

    after: Case
    before: Case | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure over the questions that both runs graded, and how many of them changed how.

    Intervals are those that the runs kept, given only where they are about these questions.
    """

    before: Measured
    after: Measured
    better: int
    worse: int

    @property
    def same(self) -> int:
        """Questions with the same score."""
        return self.after.n - self.better - self.worse

    @property
    def difference(self) -> float | None:
        """The later mean minus the earlier one."""
        if self.before.mean is None or self.after.mean is None:
            return None
        return self.after.mean - self.before.mean


def pairs(after: Sequence[Case], before: Sequence[Case] | None) -> tuple[Pair, ...]:
    """The questions that both have, by id, in the order of the run; all where it is alone."""
    if before is None:
        return tuple(Pair(case) for case in after)
    known = {case.id: case for case in before}
    return tuple(Pair(case, known[case.id]) for case in after if case.id in known)


def measured(cases: Iterable[Case]) -> tuple[Measured, ...]:
    """Each measure's mean over the questions, in the order in which they are met."""
    values: dict[str, list[float]] = {}
    for case in cases:
        for name, score in case.scores.items():
            known = values.setdefault(name, [])
            if score.value is not None:
                known.append(score.value)
    return tuple(
        Measured(name, sum(known) / len(known) if known else None, len(known))
        for name, known in values.items()
    )


def compared(
    both: Sequence[Pair], before: Sequence[Measured], after: Sequence[Measured]
) -> tuple[Compared, ...]:
    """Each measure that some pair has in both runs; ``before`` and ``after`` are the runs' own."""
    kept = {m.name: m for m in before}, {m.name: m for m in after}
    names = dict.fromkeys(name for pair in both for name in pair.after.scores)
    found = []
    for name in names:
        graded = [values for pair in both if (values := _values(pair, name)) is not None]
        if graded:
            changes = [gain(name, *values) or 0.0 for values in graded]
            earlier, later = (
                _over([values[side] for values in graded], kept[side].get(name), name)
                for side in (0, 1)
            )
            better, worse = sum(c > 0 for c in changes), sum(c < 0 for c in changes)
            found.append(Compared(earlier, later, better, worse))
    return tuple(found)


def changes(pair: Pair) -> dict[str, float]:
    """The measures that changed, by how much for the better. Times always do: they don't count."""
    names = [name for name in pair.after.scores if naming(name).share]
    found = {name: _gain(pair, name) for name in names}
    return {name: change for name, change in found.items() if change}


def chosen(both: Iterable[Pair], kind: str, measure: str, which: Which) -> list[Pair]:
    """Those of a type, graded by a measure ("" for any), that changed so; the most changed first.

    Questions of one run are put with the lowest scores first, as far as they fall short of the
    best.
    """
    wanted = [
        (pair, amount)
        for pair in both
        if (not kind or pair.after.type == kind)
        and (amount := _amounts(pair, measure)) is not None
        and _fits(amount, which)
    ]
    wanted.sort(key=lambda item: (-max(map(abs, item[1]), default=0.0), item[0].after.place))
    return [pair for pair, _ in wanted]


def shortfalls(case: Case) -> dict[str, float]:
    """By how much a question's scores fall short of the best, where they do."""
    found = {}
    for name, score in case.scores.items():
        known = naming(name)
        if known.share and score.value is not None:
            short = score.value if known.lower else 1 - score.value
            if short > 0:
                found[name] = short
    return found


def _amounts(pair: Pair, measure: str) -> list[float] | None:
    """What the question is put in order by; None where the measure doesn't grade it."""
    if not measure:
        return list((changes(pair) if pair.before else shortfalls(pair.after)).values())
    if pair.before is not None:
        change = _gain(pair, measure)
        return None if change is None else [change]
    score = pair.after.scores.get(measure)
    if score is None or score.value is None:
        return None
    known = naming(measure)
    return [score.value if known.lower else 1 - score.value] if known.share else [score.value]


def _fits(amounts: Sequence[float], which: Which) -> bool:
    if which == "better":
        return any(amount > 0 for amount in amounts)
    if which == "worse":
        return any(amount < 0 for amount in amounts)
    return which == "all" or any(amounts)


def _gain(pair: Pair, measure: str) -> float | None:
    values = _values(pair, measure)
    return None if values is None else gain(measure, *values)


def _values(pair: Pair, measure: str) -> tuple[float, float] | None:
    if pair.before is None:
        return None
    before, after = (case.scores.get(measure) for case in (pair.before, pair.after))
    if before is None or after is None or before.value is None or after.value is None:
        return None
    return before.value, after.value


def _over(values: Sequence[float], kept: Measured | None, name: str) -> Measured:
    interval = kept.interval if kept is not None and kept.n == len(values) else None
    return Measured(name, sum(values) / len(values), len(values), interval)
