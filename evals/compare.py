"""Two runs of the same cases, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evals.bootstrap import mean_interval
from evals.measures import ALL_MEASURES, MEASURES
from evals.measures.answered import ANSWERED, answered_by
from evals.measures.judged import JUDGED
from evals.permutation import sign_flips
from evals.runs import SavedRun
from evals.types import Measure
from index.errors import ConfigError

REAL = 0.05
"""A difference is taken as real where its corrected p is at most this."""

FLIPPED = 0.5
"""A case has flipped where its score changed by at least this."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of b - a over ``n`` pairs, and its 95% bootstrap interval (None for fewer than two).

    ``p`` is that of a sign-flip test, ``corrected_p`` the same for being one of many measures (see
    ``evals.permutation``): of quality, or of what it took.
    """

    mean: float
    interval: tuple[float, float] | None
    p: float
    corrected_p: float
    n: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure in both runs, over the cases that both graded."""

    measure: str
    a: float
    b: float
    difference: Difference
    verdict: str
    """ "better" or "worse" (b against a) where the corrected p is at most 0.05, else "same".

    "changed" in place of "better" and "worse" for a measure of which neither more nor less is.
    """
    unpaired: int
    """Cases of both runs that only one of them graded; they count for neither mean."""


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
class Answers:
    """The text of both answers to a case; a case that failed has its error in place of it."""

    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``only_a`` and ``only_b`` are the cases that the other run doesn't have.

    ``answers`` holds those of the cases that flipped, by id. ``judges_differ``: whether scores of
    judges were left out, since other models gave them, or the same one with other prompts.
    """

    measures: tuple[Compared, ...]
    flips: tuple[Flip, ...]
    answers: Mapping[str, Answers]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    judges_differ: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def compare(a: SavedRun, b: SavedRun, *, seed: int = 0) -> Comparison:
    """Pairs by case id. Raises ConfigError when the runs have no case in common.

    What a judge scored is compared where the same model did in both, with the same prompts, and a
    measure whose pairs can't differ (``Measure.paired``) not at all.
    The p values of the measures in [0, 1], which are of quality, are corrected for their number,
    and apart from them those of the others (time, tokens, cost, length): these are other questions,
    and ten of them would make real differences of quality harder to tell. So the chance of one
    false alarm is 5% among the measures of quality, and 5% among the others.
    """
    rows_a, rows_b = ({row["id"]: row for row in run.rows} for run in (a, b))
    shared = [case for case in rows_a if case in rows_b]
    if not shared:
        raise ConfigError(f"{a.folder} and {b.folder} have no case in common")
    both = [(rows_a[case], rows_b[case]) for case in shared]
    alike = same_judge(a, b)
    measures = [m for m in (ALL_MEASURES if alike else MEASURES) if m.paired]
    graded = [(m, pairs, alone) for m in measures for pairs, alone in [_pairs(m, both)] if pairs]
    flips = tuple(flip for measure, pairs, _ in graded for flip in _flips(measure, pairs, rows_a))
    flipped = dict.fromkeys(flip.id for flip in flips)
    return Comparison(
        tuple(_compared(shared, graded, seed)),
        flips,
        {case: Answers(_text(rows_a[case]), _text(rows_b[case])) for case in flipped},
        tuple(case for case in rows_a if case not in rows_b),
        tuple(case for case in rows_b if case not in rows_a),
        not alike and any(_pairs(measure, both)[0] for measure in JUDGED),
    )


def same_judge(a: SavedRun, b: SavedRun) -> bool:
    """Whether a judge scored both runs, the same model with the same prompts."""
    names = ("eval_judge", "eval_judge_prompt")
    return all(name in a.config and a.config[name] == b.config.get(name) for name in names)


Row = Mapping[str, Any]
Pairs = Mapping[str, tuple[float, float]]


def _pairs(measure: Measure, both: Sequence[tuple[Row, Row]]) -> tuple[Pairs, int]:
    """The scores of the cases that both runs graded, by id, and how many only one did."""
    found, alone = {}, 0
    for rows in both:
        before, after = (_value(measure, row) for row in rows)
        if before is not None and after is not None:
            found[rows[0]["id"]] = (before, after)
        alone += (before is None) != (after is None)
    return found, alone


def _value(measure: Measure, row: Row) -> float | None:
    """The score that was kept; whether there is an answer is seen from the answer itself."""
    answer = row.get("answer")
    if measure is ANSWERED and answer:
        return answered_by(str(answer.get("text", ""))).value
    value = row["scores"].get(measure.name, {}).get("value")
    return None if value is None else float(value)


def _compared(
    shared: Sequence[str], graded: Sequence[tuple[Measure, Pairs, int]], seed: int
) -> list[Compared]:
    places = {case: place for place, case in enumerate(shared)}
    differences = np.zeros((len(shared), len(graded)))
    for column, (_, pairs, _) in enumerate(graded):
        for case, (before, after) in pairs.items():
            differences[places[case], column] = after - before
    chances, corrected = np.ones(len(graded)), np.ones(len(graded))
    quality = np.array([measure.bounded for measure, _, _ in graded], dtype=bool)
    for family in (quality, ~quality):
        chances[family], corrected[family] = sign_flips(differences[:, family], seed=seed)
    found = []
    for (measure, pairs, alone), p, corrected_p in zip(graded, chances, corrected, strict=True):
        before, after = np.array(list(pairs.values())).T
        gains = after - before
        difference = Difference(
            float(gains.mean()),
            mean_interval(gains.tolist(), seed=seed),
            float(p),
            float(corrected_p),
            len(pairs),
        )
        means = float(before.mean()), float(after.mean())
        verdict = _verdict(measure, difference)
        found.append(Compared(measure.name, *means, difference, verdict, alone))
    return found


def _verdict(measure: Measure, difference: Difference) -> str:
    if difference.corrected_p > REAL:
        return "same"
    if measure.better == "neither":
        return "changed"
    return "better" if (difference.mean > 0) == (measure.better == "higher") else "worse"


def _flips(measure: Measure, pairs: Pairs, rows: Mapping[str, Row]) -> list[Flip]:
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
        if abs(after - before) >= FLIPPED
    ]


def _text(row: Row) -> str:
    answer = row.get("answer")
    return str(answer.get("text", "")) if answer else f"failed: {row.get('error')}"
