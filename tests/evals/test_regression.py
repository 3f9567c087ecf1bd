"""The regression behind all fits: signs that are wanted, weights of rows, the scale of features."""

import numpy as np
import pytest

from evals.bench.regression import fitted

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 3)) * [1.0, 1.0, 50.0]
TARGETS = (RNG.random(400) < 1 / (1 + np.exp(-(X[:, 0] - X[:, 1])))).astype(float)
NAMES = ("up", "down", "noise")


def test_a_feature_of_the_wrong_sign_weighs_nothing():
    free = fitted(NAMES, X, TARGETS, 1.0)
    assert free.weights[0] > 0 > free.weights[1]
    held = fitted(NAMES, X, TARGETS, 1.0, signs=(1, 1, 0))
    assert held.weights[1] == 0
    assert held.weights[0] > 0
    assert held.weights[2] != 0
    alone = fitted(("up", "noise"), X[:, [0, 2]], TARGETS, 1.0)
    assert held.weights[[0, 2]] == pytest.approx(alone.weights)


def test_a_row_that_weighs_two_is_two_rows():
    twice = fitted(NAMES, X, TARGETS, 1.0, weights=np.full(400, 2.0))
    again = fitted(NAMES, np.vstack([X, X]), np.hstack([TARGETS, TARGETS]), 1.0)
    assert twice.weights == pytest.approx(again.weights)
    assert twice.bias == pytest.approx(again.bias)


def test_the_model_weighs_features_as_they_are():
    found = fitted(NAMES, X, TARGETS, 1.0)
    logits = (X - found.mean) / found.scale @ found.weights + found.bias
    model = found.model()
    for row, logit in zip(X[:20].tolist(), logits, strict=False):
        assert model.logit(dict(zip(NAMES, row, strict=True))) == pytest.approx(logit)


def test_a_feature_that_never_changes_weighs_nothing():
    still = np.hstack([X, np.full((400, 1), 7.0)])
    found = fitted((*NAMES, "still"), still, TARGETS, 1.0)
    assert found.weights[3] == pytest.approx(0, abs=1e-9)
    assert np.isfinite(found.weights).all()
