"""Logistic regression with a quadratic penalty, by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.linear import Logistic

Floats = NDArray[np.float64]
_ROUNDS = 50  # of Newton's method; it needs about ten
_CONSTANT = 1e-9  # standard deviation below which a feature says nothing


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted: a weight for ``(feature - mean) / scale``, of each feature by its name."""

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def model(self) -> Logistic:
        """The same over the features as they are."""
        columns = (self.names, *(c.tolist() for c in (self.weights, self.mean, self.scale)))
        return Logistic.of_standardised(self.bias, zip(*columns, strict=True))


def fitted(
    names: Sequence[str],
    x: Floats,
    targets: Floats,
    penalty: float,
    *,
    weights: Floats | None = None,
    signs: Sequence[int] | None = None,
) -> Fitted:
    """Minimises the weighted negative log-likelihood plus ``penalty / 2`` times the squared
    weights of the standardised features.

    ``x``: shape (rows, names); ``targets`` in [0, 1] and ``weights`` (1 where there are none):
    (rows,). With ``signs``, features that come out with another sign than theirs weigh nothing:
    the one that is most wrong goes first, until none is. Features that say nearly the same take
    opposite signs in a fit, which then depends on their difference: right on average, and absurd
    for a single short text.
    """
    mean, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread < _CONSTANT, 1.0, spread)
    design = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    counts = np.ones(len(x)) if weights is None else weights
    wanted = np.array([*(signs or [0] * len(names)), 0])
    kept = np.ones(len(wanted), bool)
    while True:
        beta = np.zeros(len(wanted))
        beta[kept] = _newton(design[:, kept], targets, counts, penalty)
        wrong = np.where(wanted * beta < 0, np.abs(beta), 0)
        if not wrong.any():
            return Fitted(tuple(names), mean, scale, beta[:-1], float(beta[-1]))
        kept[wrong.argmax()] = False


def _newton(x: Floats, targets: Floats, weights: Floats, penalty: float) -> Floats:
    """The coefficients; the last one, the bias, is free."""
    ridge = np.full(x.shape[1], penalty)
    ridge[-1] = 1e-9
    beta: Floats = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (weights * (p - targets)) + ridge * beta
        curvature = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    return beta
