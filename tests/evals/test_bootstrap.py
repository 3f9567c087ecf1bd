"""Intervals: exact where they can be worked out, honest where they can be simulated."""

from __future__ import annotations

import numpy as np
import pytest

from evals.bootstrap import mean_interval, paired_difference
from evals.runner import aggregate


def test_values_that_agree_leave_no_doubt():
    assert mean_interval([0.5] * 10) == (0.5, 0.5)
    assert mean_interval([1.0]) is None
    assert mean_interval([]) is None


def test_the_interval_is_seeded_and_holds_the_mean():
    values = [0.0, 1.0] * 20
    low, high = mean_interval(values, seed=3)
    assert (low, high) == mean_interval(values, seed=3)
    # The normal approximation gives 0.5 +- 1.96 * 0.5 / sqrt(40) = 0.345 to 0.655.
    assert low == pytest.approx(0.345, abs=0.03)
    assert high == pytest.approx(0.655, abs=0.03)


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(200):
        low, high = mean_interval(rng.beta(4, 2, 60).tolist())
        hits += low <= 4 / 6 <= high
    assert 180 <= hits <= 198


def test_a_run_against_itself_shows_no_difference():
    same = paired_difference([0.0, 1.0, 1.0], [0.0, 1.0, 1.0])
    assert (same.mean, same.p, same.real) == (0.0, 1.0, False)


def test_a_steady_gain_is_real_even_where_the_cases_differ_widely():
    a = [i / 100 for i in range(50)]
    gain = paired_difference(a, [value + 0.1 for value in a])
    assert gain.mean == pytest.approx(0.1)
    assert gain.real
    assert gain.p <= 0.001


def test_unpaired_values_are_refused():
    with pytest.raises(ValueError, match="2 and 1"):
        paired_difference([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="at least one"):
        paired_difference([], [])


def test_unscored_cases_are_counted_and_left_out_of_the_mean():
    total = aggregate([1.0, None, 0.0])
    assert (total.mean, total.n, total.unscored) == (0.5, 2, 1)
    assert aggregate([None]).mean is None
