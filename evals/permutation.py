"""Whether differences of paired values are more than chance: sign flips, for many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLIPS = 10_000
_EXACT = 14
"""Cases up to which every pattern of signs is tried: 8,192 of them, as -x counts like x."""

_BLOCK = 2_000_000


def sign_flips(differences: Floats, *, seed: int = 0) -> tuple[Floats, Floats]:
    """Two-sided p values of the means, and the same corrected for being many.

    ``differences``: shape (cases, measures), 0 where a case says nothing of a measure. If two runs
    are alike, each case could as well have differed the other way round, in all its measures at
    once. So p is the share of such flips with a mean at least as far from 0: of all of them where
    up to 14 cases differ at all, else of 10,000 drawn with the seed. p is 1 where no case differs.

    The correction holds the chance of even one false alarm over all measures to that of one test.
    It is Holm's, step by step from the smallest p, but counts how often a flip brings any of the
    measures that far, not how many they are: measures that mostly agree cost little (Westfall and
    Young, Resampling-Based Multiple Testing, 1993, step-down minP).
    """
    sums = _sums(differences[np.any(differences != 0, axis=1)], seed)
    # How far from 0 each flip brings each measure, as a p value; the first row is as observed.
    p = np.column_stack([_tails(column) for column in sums.T]) if sums.size else sums
    order = np.argsort(p[0], kind="stable")
    least = np.minimum.accumulate(p[:, order[::-1]], axis=1)[:, ::-1]
    corrected = np.empty(len(order))
    corrected[order] = np.maximum.accumulate((least <= p[0, order]).mean(axis=0))
    return p[0], corrected


def _sums(differences: Floats, seed: int) -> Floats:
    """Shape (flips, measures): sums without sign, as shares of the largest there could be."""
    cases = len(differences)
    largest = np.abs(differences).sum(axis=0)
    if cases <= _EXACT:
        patterns = np.arange(2 ** max(cases - 1, 0))[:, None] >> np.arange(cases) & 1
        sums = (1.0 - 2 * patterns) @ differences
    else:
        rng = np.random.default_rng(seed)
        size = max(1, _BLOCK // cases)
        drawn = [
            (1.0 - 2 * rng.integers(0, 2, (min(size, FLIPS - start), cases))) @ differences
            for start in range(0, FLIPS, size)
        ]
        sums = np.vstack([differences.sum(axis=0), *drawn])
    # Rounded, so that equal sums are equal in whatever order they were added up.
    rounded: Floats = np.round(np.abs(sums) / np.where(largest > 0, largest, 1.0), 9)
    return rounded


def _tails(values: Floats) -> Floats:
    """The share of all values that are at least as large, for each."""
    tails: Floats = 1 - np.searchsorted(np.sort(values), values) / len(values)
    return tails
