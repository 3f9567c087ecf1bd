"""Intervals: exact where they can be worked out, honest where they can be simulated."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from evals.bootstrap import mean_interval, score_interval
from evals.runner import aggregate


def test_values_that_agree_leave_no_doubt():
    assert mean_interval([0.1] * 10) == (0.1, 0.1)
    assert mean_interval([1.0]) is None
    assert mean_interval([]) is None


def test_the_interval_is_seeded_and_holds_the_mean():
    values = [0.0, 1.0] * 20
    low, high = mean_interval(values, seed=3)
    assert (low, high) == mean_interval(values, seed=3)
    # The normal approximation gives 0.5 +- 1.96 * 0.5 / sqrt(40) = 0.345 to 0.655.
    assert low == pytest.approx(0.345, abs=0.03)
    assert high == pytest.approx(0.655, abs=0.03)


def test_the_interval_stays_within_what_was_seen():
    low, high = mean_interval([1.0, 1.0, 0.0])
    assert (low, high) == (0.0, 1.0)


def test_scores_that_are_all_at_one_end_leave_room_for_the_next():
    low, high = score_interval([1.0] * 7)
    assert (low, high) == (pytest.approx(0.590, abs=0.0005), 1.0)  # tables of Clopper and Pearson
    assert score_interval([0.0] * 7) == (0.0, pytest.approx(0.410, abs=0.0005))
    assert score_interval([1.0]) is None
    assert score_interval([0.5] * 7) == (0.5, 0.5)
    mixed = [0.0, 1.0, 1.0, 0.5]
    assert score_interval(mixed) == mean_interval(mixed)


def covered(n, share):
    """How often the interval of ``n`` scores of 0 or 1 holds the true share: exact, no luck."""
    intervals = [mean_interval([1.0] * k + [0.0] * (n - k)) for k in range(n + 1)]
    return sum(
        math.comb(n, k) * share**k * (1 - share) ** (n - k)
        for k, (low, high) in enumerate(intervals)
        if low - 1e-9 <= share <= high + 1e-9
    )


@pytest.mark.parametrize("share", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
def test_intervals_of_100_scores_of_0_or_1_hold_the_truth_93_to_97_times(share):
    assert 0.93 <= covered(100, share) <= 0.97


@pytest.mark.parametrize("share", [0.6, 0.7, 0.8, 0.9])
def test_those_of_30_do_within_a_hundredth(share):
    assert 0.92 <= covered(30, share) <= 0.98


DRAWN = {
    "beta": (lambda rng, n: rng.beta(4, 2, n), 4 / 6),
    "either end": (lambda rng, n: rng.beta(0.5, 0.2, n), 0.5 / 0.7),
    "skewed": (lambda rng, n: rng.exponential(1, n), 1.0),
    "shares": (lambda rng, n: rng.choice([0, 1 / 3, 0.5, 1], n, p=[0.2, 0.1, 0.1, 0.6]), 41 / 60),
}


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize("name", DRAWN)
def test_intervals_hold_the_true_mean_of_95_in_100_simulated_runs(name, n):
    draw, truth = DRAWN[name]
    rng = np.random.default_rng(5)
    runs = [mean_interval(draw(rng, n).tolist()) for _ in range(500)]
    share = statistics.fmean(low <= truth <= high for low, high in runs)
    # 30 values of a long tail are too few to show the tail.
    assert (0.91 if (name, n) == ("skewed", 30) else 0.93) <= share <= 0.97


def test_unscored_cases_are_counted_and_left_out_of_the_mean():
    total = aggregate([1.0, None, 0.0])
    assert (total.mean, total.n, total.unscored) == (0.5, 2, 1)
    assert aggregate([None]).mean is None
