"""Rankings into figures, and the product's against the others'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import numpy as np

from evals.benchmark.published import Published
from evals.benchmark.ways import PRODUCT
from evals.bootstrap import mean_interval
from evals.compare import REAL, Difference
from evals.measures.ranking import ndcg, recall_at, reciprocal_rank
from evals.permutation import sign_flips

Rankings = Mapping[str, Mapping[str, Sequence[str]]]
"""Ids of papers, best first, by way and query."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One way's means over all queries, each in [0, 1], and how many queries it takes a second.

    ``interval``: 95% bootstrap interval of ``ndcg_10``. ``behind``: by how much the product's
    nDCG@10 is above it, query by query, with the p value of a sign-flip test, corrected for all
    ways; None for the product itself. ``verdict``: "better" or "worse", what the product is,
    where that p is at most 0.05, else "same".
    """

    way: str
    ndcg_10: float
    interval: tuple[float, float] | None
    recall_10: float
    recall_100: float
    mrr_10: float
    queries_per_second: float
    behind: Difference | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Placing:
    """All ways over one benchmark. ``papers`` are those in the store, ``timed`` the queries that
    the speed was taken from. ``published``: what others report, not measured here."""

    benchmark: str
    split: str
    queries: int
    papers: int
    timed: int
    embedder: str
    notes: tuple[str, ...]
    ways: tuple[Placed, ...]
    published: tuple[Published, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def placed(
    rankings: Rankings,
    relevant: Mapping[str, Mapping[str, int]],
    speeds: Mapping[str, float],
    seed: int = 0,
) -> tuple[Placed, ...]:
    """Each way's figures, in the order of the ways; all of them over the same queries."""
    gains = {way: [ndcg(r[q], relevant[q]) for q in relevant] for way, r in rankings.items()}
    against = _against(gains, seed)
    return tuple(
        Placed(
            way,
            fmean(gains[way]),
            mean_interval(gains[way], seed=seed),
            fmean(recall_at(ranked[q], relevant[q], 10) for q in relevant),
            fmean(recall_at(ranked[q], relevant[q], 100) for q in relevant),
            fmean(reciprocal_rank(ranked[q], relevant[q], 10) for q in relevant),
            speeds[way],
            against.get(way),
            _verdict(against.get(way)),
        )
        for way, ranked in rankings.items()
    )


def _against(gains: Mapping[str, Sequence[float]], seed: int) -> dict[str, Difference]:
    """The product's nDCG@10 minus each other way's, over the same queries."""
    product = np.asarray(gains[PRODUCT])
    others = [way for way in gains if way != PRODUCT]
    differences = np.column_stack([product - np.asarray(gains[way]) for way in others])
    p, corrected = sign_flips(differences, seed=seed)
    return {
        way: Difference(
            float(column.mean()),
            mean_interval(column.tolist(), seed=seed),
            float(p[at]),
            float(corrected[at]),
            len(column),
        )
        for at, (way, column) in enumerate(zip(others, differences.T, strict=True))
    }


def _verdict(behind: Difference | None) -> str:
    if behind is None:
        return ""
    if behind.corrected_p > REAL:
        return "same"
    return "better" if behind.mean > 0 else "worse"
