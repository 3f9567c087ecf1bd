"""Small fitted models: a weighted sum of named features through the logistic function. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Logistic:
    """``1 / (1 + exp(-(bias + sum of weight * feature)))``."""

    bias: float
    weights: Mapping[str, float]

    @classmethod
    def of_standardised(
        cls, bias: float, columns: Iterable[tuple[str, float, float, float]]
    ) -> Logistic:
        """The model that weighs ``(feature - mean) / scale``, over the features as they are.

        ``columns``: each feature's name, weight, mean and scale; no scale is 0.
        """
        rows = list(columns)
        shift = sum(weight / scale * mean for _, weight, mean, scale in rows)
        return cls(bias - shift, {name: weight / scale for name, weight, _, scale in rows})

    def logit(self, features: Features) -> float:
        """The weighted sum. Raises KeyError where a feature is missing."""
        return self.bias + sum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, features: Features) -> float:
        """In [0, 1]. Raises KeyError where a feature is missing."""
        return logistic(self.logit(features))


def logistic(logit: float) -> float:
    """The probability, in (0, 1], whose log odds these are."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


@cache
def fitted() -> Mapping[str, Logistic]:
    """The models of ``rag/fitted.json``, which ``python -m evals.bench.fit`` writes, by name."""
    models = json.loads(resources.files("rag").joinpath("fitted.json").read_text(encoding="utf-8"))
    return {name: Logistic(model["bias"], model["weights"]) for name, model in models.items()}
