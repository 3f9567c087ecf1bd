"""Sign flips: against counts by hand, Holm's bound, and runs that differ by chance alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from evals.permutation import sign_flips


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_no_difference_has_p_1():
    p, corrected = sign_flips(np.zeros((5, 3)))
    assert p.tolist() == corrected.tolist() == [1, 1, 1]
    assert [found.tolist() for found in sign_flips(np.zeros((5, 0)))] == [[], []]


def test_p_by_hand():
    # Of the 2 * 2 * 2 signs, all plus and all minus come as far as 3.
    assert sign_flips(column(1, 1, 1))[0] == [0.25]
    # 1 + 1 + 1 - 1 = 2: 8 of the 16 signs give 2 or -2, 2 more 4 or -4; 6 give 0.
    assert sign_flips(column(1, 1, 1, -1))[0] == [10 / 16]
    # 6 that got worse of however many: 2 of 64.
    assert sign_flips(column(*[-1] * 6, *[0] * 94))[0] == [2 / 64]


def test_equal_sums_count_as_equal_however_they_are_added_up():
    third = column(0.1, 0.2, 0.3, -0.6)
    assert sign_flips(third)[0] == [1]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_drawn_flips_agree_with_all_of_them(seed):
    few = np.random.default_rng(seed).normal(0.4, 1, 14)
    sums = [abs(few @ signs) for signs in itertools.product([1, -1], repeat=14)]
    exact = np.mean(np.array(sums) >= abs(few.sum()) - 1e-9)
    assert sign_flips(few[:, None])[0][0] == pytest.approx(exact, abs=1e-9)
    # A fifteenth case that differs by next to nothing makes it draw.
    drawn = sign_flips(column(*few, 1e-7), seed=seed)[0][0]
    assert drawn == pytest.approx(exact, abs=0.015)


def test_drawn_flips_are_seeded():
    many = np.random.default_rng(0).normal(0.2, 1, (40, 3))
    assert [x.tolist() for x in sign_flips(many)] == [x.tolist() for x in sign_flips(many)]
    assert sign_flips(many)[0].tolist() != sign_flips(many, seed=1)[0].tolist()


def test_one_measure_told_twice_costs_nothing_and_two_that_differ_do():
    once = column(1, 1, 1, 1, 1, 1, 0, 0)
    twice = np.hstack([once, once])
    assert sign_flips(twice)[1].tolist() == [2 / 64, 2 / 64]
    apart = np.hstack([once, once[::-1]])
    p, corrected = sign_flips(apart)
    assert (corrected > p).all()
    assert (corrected <= 2 * p).all()  # Holm's would be twice p for both


def test_no_more_false_alarms_over_ten_measures_than_over_one():
    rng = np.random.default_rng(2)
    alarms, uncorrected = 0, 0
    for _ in range(300):
        differences = rng.choice([-1.0, 0.0, 1.0], (12, 10), p=[0.3, 0.4, 0.3])
        p, corrected = sign_flips(differences)
        alarms += corrected.min() <= 0.05
        uncorrected += p.min() <= 0.05
    assert uncorrected > 0.1 * 300
    assert alarms <= 0.07 * 300


def test_a_steady_gain_is_found_even_where_the_cases_differ_widely():
    p, corrected = sign_flips(np.full((50, 1), 0.1))
    assert p[0] == pytest.approx(corrected[0])
    assert corrected[0] <= 0.001
