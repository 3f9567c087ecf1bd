"""How far a mean can be trusted: seeded bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

RESAMPLES = 2_000
_BLOCK = 2_000_000


def mean_interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float] | None:
    """95% bootstrap interval of the mean, within the range of the values; None for fewer than two.

    Percentiles of the means of resamples, a little further out than 2.5 and 97.5: those are too
    narrow for few values (Hesterberg, What Teachers Should Know About the Bootstrap, 2015,
    "expanded percentile interval"). Where all values agree, it is that value: the bootstrap can't
    see what no case has shown.
    """
    if len(values) < 2:
        return None
    sample = np.asarray(values, dtype=np.float64)
    if sample.min() == sample.max():
        return float(sample[0]), float(sample[0])
    tail = _tail(len(sample))
    low, high = np.quantile(_means(sample, seed), [tail, 1 - tail])
    return float(low), float(high)


def score_interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float] | None:
    """The same of scores in [0, 1]; where all are 1, or all 0, the exact interval of a share.

    Seven right answers of seven don't say that the eighth will be right: 0.59 to 1 (Clopper and
    Pearson, The Use of Confidence or Fiducial Limits, 1934).
    """
    if len(values) > 1 and set(values) in ({0.0}, {1.0}):
        unseen = 1 - 0.025 ** (1 / len(values))
        return (1 - unseen, 1.0) if values[0] else (0.0, unseen)
    return mean_interval(values, seed=seed)


def _tail(n: int) -> float:
    """The share of resamples to leave out at each end, in (0, 0.025).

    An interval of Student's t is wider than the percentiles by its quantile in place of the
    normal one, and by n / (n - 1) in the variance; here the same widening, as a share.
    """
    return NormalDist().cdf(-math.sqrt(n / (n - 1)) * float(stdtrit(n - 1, 0.975)))


def _means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Shape (RESAMPLES,): means of resamples with replacement, in blocks to bound memory."""
    rng = np.random.default_rng(seed)
    size = max(1, _BLOCK // len(values))
    blocks = [
        values[rng.integers(0, len(values), (min(size, RESAMPLES - start), len(values)))].mean(1)
        for start in range(0, RESAMPLES, size)
    ]
    return np.concatenate(blocks)
