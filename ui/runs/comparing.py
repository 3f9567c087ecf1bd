"""A run's questions, alone or beside another run's: paired, filtered, put in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ui.runs.measures import gain, naming
from ui.runs.types import Case, Measured

if TYPE_CHECKING:
    from evals.compare import Compared

Which = Literal["all", "differ", "flipped", "better", "worse"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question of the run, and the same one of the run that it is compared with."""

    after: Case
    before: Case | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A measure over the questions that both runs graded, and how many of them changed how.

    The intervals of ``before`` and ``after`` are those that the runs kept, given only where they
    are about these questions.
    """

    compared: Compared
    before: Measured
    after: Measured
    better: int
    worse: int

    @property
    def differs(self) -> bool:
        """Whether any question has another score."""
        return bool(self.better or self.worse)


def pairs(after: Sequence[Case], before: Sequence[Case] | None) -> tuple[Pair, ...]:
    """The questions that both have, by id, in the order of the run; all where it is alone."""
    if before is None:
        return tuple(Pair(case) for case in after)
    known = {case.id: case for case in before}
    return tuple(Pair(case, known[case.id]) for case in after if case.id in known)


def measured(cases: Iterable[Case]) -> tuple[Measured, ...]:
    """Each measure over the questions, in the order in which they are met."""
    from evals.measures import is_bounded
    from evals.runner import aggregate  # later than the page, which shall start soon

    values: dict[str, list[float | None]] = {}
    for case in cases:
        for name, score in case.scores.items():
            values.setdefault(name, []).append(score.value)
    found = {name: aggregate(known, bounded=is_bounded(name)) for name, known in values.items()}
    return tuple(Measured(name, one.mean, one.n, one.interval) for name, one in found.items())


def rows(
    both: Sequence[Pair],
    found: Iterable[Compared],
    before: Iterable[Measured],
    after: Iterable[Measured],
) -> tuple[Row, ...]:
    """What was found of each measure, with what the two runs themselves say of it."""
    kept = {m.name: m for m in before}, {m.name: m for m in after}
    return tuple(
        Row(
            one,
            _over(one.measure, one.a, one.difference.n, kept[0]),
            _over(one.measure, one.b, one.difference.n, kept[1]),
            sum(change > 0 for change in gains),
            sum(change < 0 for change in gains),
        )
        for one in found
        for gains in [[_gain(pair, one.measure) or 0.0 for pair in both]]
    )


def uncompared(both: Iterable[Pair], found: Iterable[Compared]) -> tuple[str, ...]:
    """Measures that both runs have of some question, and that were not compared."""
    known = {one.measure for one in found}
    names = dict.fromkeys(name for pair in both for name in pair.after.scores if name not in known)
    return tuple(n for n in names if any(_gain(pair, n) is not None for pair in both))


def changes(pair: Pair) -> dict[str, float]:
    """The measures that changed, by how much for the better, the most changed first.

    Times always change: they don't count.
    """
    names = [name for name in pair.after.scores if naming(name).share]
    found = {name: _gain(pair, name) for name in names}
    return _largest_first({name: change for name, change in found.items() if change})


def chosen(both: Iterable[Pair], kind: str, measure: str, which: Which) -> list[Pair]:
    """Those of a type, graded by a measure ("" for any), that changed so; the most changed first.

    Questions of one run are put with the lowest scores first, as far as they fall short of the
    best.
    """
    if measure and not _asked(measure, which):
        return []
    wanted = [
        (pair, amount)
        for pair in both
        if (not kind or pair.after.type == kind)
        and (amount := _amounts(pair, measure)) is not None
        and _fits(amount, which)
    ]
    wanted.sort(key=lambda item: (-max(map(abs, item[1]), default=0.0), item[0].after.place))
    return [pair for pair, _ in wanted]


def _asked(measure: str, which: Which) -> bool:
    """Whether a measure can change so at all: times don't flip, lengths get no better."""
    known = naming(measure)
    if which == "flipped":
        return known.share
    return known.better != "neither" or which not in ("better", "worse")


def shortfalls(case: Case) -> dict[str, float]:
    """By how much a question's scores fall short of the best, where they do; most first."""
    found = {}
    for name, score in case.scores.items():
        known = naming(name)
        if known.share and score.value is not None:
            short = score.value if known.lower else 1 - score.value
            if short > 0:
                found[name] = short
    return _largest_first(found)


def _largest_first(amounts: dict[str, float]) -> dict[str, float]:
    return dict(sorted(amounts.items(), key=lambda item: -abs(item[1])))


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
    if which == "flipped":
        from evals.compare import FLIPPED

        return any(abs(amount) >= FLIPPED for amount in amounts)
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


def _over(name: str, mean: float, n: int, kept: Mapping[str, Measured]) -> Measured:
    known = kept.get(name)
    return Measured(name, mean, n, known.interval if known and known.n == n else None)
