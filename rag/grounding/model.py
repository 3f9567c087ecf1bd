"""The fitted weights and what they say of a row of features."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.grounding.features import DENIAL, NAMES
from rag.grounding.words import Word

WEIGHTS = "weights.json"
FEW, MANY = 3, 6  # quotes: up to the first the one fit counts, from the second on the other
SUPPORTED = 0.4  # the share of supported claims among those fitted to: best for both classes
WEAK = 0.2
CAP = 0.3  # highest score of a claim that disagrees with its few quotes by one of these:
_DISAGREES = {"any_number_missing": 1, "units_differ": 1, "any_name_missing": 1} | {
    "denies": DENIAL,
    "denied": DENIAL,
}
_PLACES = [NAMES.index(name) for name in _DISAGREES]
_LIMITS = np.array(list(_DISAGREES.values()), np.float64)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over standardised features."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    def logit(self, row: NDArray[np.float64]) -> float:
        """Log odds that quotes with these features support their claim."""
        return float(self.weights @ ((row - self.mean) / self.scale)) + self.bias


@dataclass(frozen=True, slots=True)
class Model:
    """One fit for claims beside the few sentences that they cite, one for whole abstracts.

    The two differ because an abstract nearly always holds the claim's words somewhere, and
    numbers and names in other forms. ``common``: stems of common words -> weight below 1.
    """

    few: Logistic
    many: Logistic
    common: Mapping[str, float]

    def probability(self, row: NDArray[np.float64], quotes: int) -> float:
        """That so many quotes with these features support their claim."""
        share = min(1.0, max(0.0, (quotes - FEW) / (MANY - FEW)))
        logit = (1 - share) * self.few.logit(row) + share * self.many.logit(row)
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
        disagrees = share < 1 and bool((row[_PLACES] >= _LIMITS).any())
        return min(CAP, probability) if disagrees else probability

    def weigh(self, word: Word) -> float:
        """How much a word tells: 1 unless it is a common one."""
        return 1.0 if word.number else self.common.get(word.stem, 1.0)


def parse(data: Mapping[str, Any]) -> Model:
    """The model that a JSON object holds. Raises ValueError if it was fitted to other features."""
    if tuple(data["features"]) != NAMES:
        raise ValueError("the checker's weights were fitted to other features; fit them again")
    common = parse_common(data["common"])
    return Model(_logistic(data["few"]), _logistic(data["many"]), common)


def parse_common(lines: Mapping[str, str]) -> dict[str, float]:
    """Percent -> stems as stem -> weight."""
    return {stem: int(percent) / 100 for percent, line in lines.items() for stem in line.split()}


def _logistic(data: Mapping[str, Any]) -> Logistic:
    mean, scale, weights = (np.array(data[key], float) for key in ("mean", "scale", "weights"))
    return Logistic(mean, scale, weights, float(data["bias"]))


@cache
def bundled() -> Model:
    """The weights that come with the product."""
    return parse(json.loads((files("rag.grounding") / WEIGHTS).read_text("utf-8")))
