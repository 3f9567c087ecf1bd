"""How far a judge and the measures without one agree, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evals.judge.agreement import agreements, cohen, spearman
from evals.judge.types import Judgement
from evals.measures.judged import GROUNDEDNESS, POINTS


def row(name, **scores):
    return {"id": name, "scores": {n: {"value": v, "why": ""} for n, v in scores.items()}}


def points(pairs):
    return [
        row(f"c{n}", judged_points=judged, answer_points=offline)
        for n, (judged, offline) in enumerate(pairs)
    ]


def test_spearman_is_that_of_ranks():
    """Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: rho is 4.5 / sqrt(4.5 * 5)."""
    pairs = np.array([(0, 0.1), (0.5, 0.2), (0.5, 0.3), (1, 0.4)])
    assert spearman(pairs) == pytest.approx(4.5 / np.sqrt(4.5 * 5))
    assert spearman(np.array([(1, 0.1), (1, 0.2)])) is None


def test_kappa_is_what_is_above_chance():
    """20 both yes, 5 and 10 apart, 15 both no of 50: (0.7 - 0.5) / (1 - 0.5), as Cohen has it."""
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    assert cohen(np.array(pairs, dtype=float)) == pytest.approx(0.4)
    assert cohen(np.array([(1.0, 1.0), (1.0, 0.0)])) is None


def test_only_cases_that_both_graded_count():
    rows = points([(1, 1), (0, 1), (0.5, 1), (None, 1), (1, None), (0.5, 0.5)])
    found = agreements(rows, {})
    assert set(found) == {POINTS}
    agreement = found[POINTS]
    assert (agreement.offline, agreement.n) == ("answer_points", 4)
    assert agreement.difference.value == pytest.approx(0.375)
    assert agreement.rho is None  # four cases are too few
    assert agreement.apart == ("c1", "c2")
    assert agreements(points([(None, 1)]), {}) == {}


def test_intervals_hold_the_coefficient_and_are_the_same_each_time():
    rng = np.random.default_rng(0)
    truth = rng.random(60)
    rows = points(zip(truth.tolist(), (truth + rng.normal(0, 0.2, 60)).tolist(), strict=True))
    (one,), (two,) = (agreements(rows, {}).values() for _ in range(2))
    assert one == two
    low, high = one.rho.interval
    assert 0.5 < low < one.rho.value < high < 1
    assert one.rho.n == 60
    assert one.difference.interval[0] < one.difference.value < one.difference.interval[1]


def claims(name, judged, offline):
    """A row and its judgement; an offline verdict "-" is that of a claim that cites nothing."""
    said = [
        {"text": "t", "markers": [] if verdict == "-" else [1],
         "verdict": "unsupported" if verdict == "-" else verdict}
        for verdict in offline
    ]  # fmt: skip
    value = sum(judged) / len(judged)
    scores = row(name, judged_groundedness=value, groundedness=value)
    judgement = Judgement(name, GROUNDEDNESS, "m", "p", "d", value, "", tuple(judged))
    return scores | {"answer": {"claims": said}}, judgement


def test_kappa_is_over_the_claims_that_cite():
    given = [claims(f"c{n}", [1, 0, 0], ["supported", "weak", "-"]) for n in range(5)]
    given.append(claims("c5", [1, 1], ["supported", "unsupported"]))
    found = agreements([r for r, _ in given], {(j.case, j.measure): j for _, j in given})
    kappa = found[GROUNDEDNESS].kappa
    assert kappa.n == 12
    assert kappa.value == pytest.approx((11 / 12 - 0.5) / 0.5)
