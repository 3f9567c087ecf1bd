"""How far a judge agrees with the measures that need none: a check of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.bootstrap import mean_interval
from evals.judge.types import Judgement
from evals.measures.judged import GROUNDEDNESS, TWINS

Row = Mapping[str, Any]
Pair = tuple[float, float]
"""What the judge said, and what the measure did."""

RESAMPLES = 400
FEWEST = 5
"""Cases below which no rank correlation and no kappa is told."""

MOST_APART = 5
_APART = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over ``n`` pairs, and its 95% bootstrap interval over the cases."""

    value: float
    interval: tuple[float, float] | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judged measure beside the one without a judge, over the ``n`` cases that both graded.

    ``difference``: the mean of the absolute differences, in [0, 1]. ``rho``: Spearman's rank
    correlation of the scores; ``kappa``: Cohen's of the verdicts on claims, where these are kept;
    both in [-1, 1]. None where one of the two always says the same, or for fewer than five cases.
    ``apart``: ids of the cases that differ by half or more, those that differ most first.
    """

    offline: str
    n: int
    difference: Figure
    rho: Figure | None
    kappa: Figure | None
    apart: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def agreements(
    rows: Sequence[Row], judgements: Mapping[tuple[str, str], Judgement], *, seed: int = 0
) -> dict[str, Agreement]:
    """By judged measure; those are left out that have no twin, or no case that both graded.

    ``judgements``: those of the rows, by case and measure.
    """
    found = {}
    for measure, twin in TWINS.items():
        pairs = _pairs(rows, measure, twin)
        if pairs:
            claims = _claims(rows, judgements) if measure == GROUNDEDNESS else []
            found[measure] = _agreement(twin, pairs, claims, seed)
    return found


def _agreement(
    twin: str, pairs: Mapping[str, Pair], claims: Sequence[Sequence[Pair]], seed: int
) -> Agreement:
    gaps = {case: abs(judged - offline) for case, (judged, offline) in pairs.items()}
    values = list(gaps.values())
    difference = Figure(sum(values) / len(values), mean_interval(values, seed=seed), len(values))
    far = sorted((case for case in gaps if gaps[case] >= _APART), key=lambda case: -gaps[case])
    return Agreement(
        twin,
        len(pairs),
        difference,
        _coefficient(spearman, [[pair] for pair in pairs.values()], seed),
        _coefficient(cohen, claims, seed),
        tuple(far[:MOST_APART]),
    )


def spearman(pairs: NDArray[np.float64]) -> float | None:
    """Spearman's rho of pairs of shape (n, 2), ties sharing their mean rank."""
    from scipy.stats import spearmanr

    if any(len(np.unique(column)) < 2 for column in pairs.T):
        return None
    return float(spearmanr(pairs[:, 0], pairs[:, 1]).statistic)


def cohen(pairs: NDArray[np.float64]) -> float | None:
    """Cohen's kappa of pairs of verdicts, 0 or 1, of shape (n, 2)."""
    from sklearn.metrics import cohen_kappa_score

    if any(len(np.unique(column)) < 2 for column in pairs.T):
        return None
    return float(cohen_kappa_score(pairs[:, 0], pairs[:, 1]))


def _coefficient(
    of: Callable[[NDArray[np.float64]], float | None], cases: Sequence[Sequence[Pair]], seed: int
) -> Figure | None:
    """With an interval from resamples of whole cases: claims of one answer are no draws apart."""
    if len(cases) < FEWEST:
        return None
    blocks = [np.array(case, dtype=np.float64) for case in cases]
    every = np.concatenate(blocks)
    value = of(every)
    if value is None:
        return None
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(blocks), len(blocks)) for _ in range(RESAMPLES))
    values = [of(np.concatenate([blocks[place] for place in places])) for places in drawn]
    known = [one for one in values if one is not None]
    low, high = np.quantile(known, [0.025, 0.975]) if known else (value, value)
    return Figure(value, (float(low), float(high)), len(every))


def _pairs(rows: Sequence[Row], measure: str, twin: str) -> dict[str, Pair]:
    found = {}
    for row in rows:
        judged, offline = (row["scores"].get(name, {}).get("value") for name in (measure, twin))
        if judged is not None and offline is not None:
            found[str(row["id"])] = (float(judged), float(offline))
    return found


def _claims(
    rows: Sequence[Row], judgements: Mapping[tuple[str, str], Judgement]
) -> list[list[Pair]]:
    """Of each answer that was judged, the claims that cite something: YES or NO, supported or not.

    What cites nothing is a NO by both without a look, which says nothing of how they agree.
    """
    cases = []
    for row in rows:
        judgement = judgements.get((row["id"], GROUNDEDNESS))
        if judgement is None or judgement.value is None:
            continue
        both = zip(judgement.verdicts, row["answer"]["claims"], strict=True)
        pairs = [
            (verdict, float(claim["verdict"] == "supported"))
            for verdict, claim in both
            if claim["markers"]
        ]
        if pairs:
            cases.append(pairs)
    return cases
