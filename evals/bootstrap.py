"""How far a mean can be trusted: seeded percentile bootstraps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of b - a over pairs, its 95% interval, and a two-sided bootstrap p value."""

    mean: float
    interval: tuple[float, float] | None
    p: float
    n: int

    @property
    def real(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


def mean_interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float] | None:
    """95% percentile bootstrap interval of the mean; None for fewer than two values."""
    if len(values) < 2:
        return None
    low, high = np.percentile(_means(np.asarray(values, dtype=np.float64), seed), [2.5, 97.5])
    return float(low), float(high)


def paired_difference(a: Sequence[float], b: Sequence[float], *, seed: int = 0) -> Difference:
    """The difference of two measures of the same cases, pair by pair.

    Raises ValueError when the two aren't of one length or are empty.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"paired values must be as many and at least one: {len(a)} and {len(b)}")
    difference = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    mean = float(difference.mean())
    if len(difference) < 2:
        return Difference(mean, None, 1.0, 1)
    means = _means(difference, seed)
    low, high = np.percentile(means, [2.5, 97.5])
    tail = min(float((means <= 0).mean()), float((means >= 0).mean()))
    p = min(1.0, max(2 * tail, 1 / RESAMPLES))
    return Difference(mean, (float(low), float(high)), p, len(difference))


def _means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Shape (RESAMPLES,): means of resamples with replacement, in blocks to bound memory."""
    rng = np.random.default_rng(seed)
    size = max(1, _BLOCK // len(values))
    blocks = [
        values[rng.integers(0, len(values), (min(size, RESAMPLES - start), len(values)))].mean(1)
        for start in range(0, RESAMPLES, size)
    ]
    return np.concatenate(blocks)
