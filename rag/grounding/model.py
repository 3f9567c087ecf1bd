"""The fitted weights and what they say of a row of features."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rag.grounding.features import DENIAL, NAMES
from rag.grounding.words import Word
from rag.linear import Features, Logistic, logistic

WEIGHTS = "weights.json"
FEW, MANY = 3, 6  # quotes: up to the first the one fit counts, from the second on the other
SUPPORTED = 0.4  # the share of supported claims among those fitted to: best for both classes
WEAK = 0.2
CAP = 0.3  # highest score of a claim that disagrees with its few quotes by one of these:
_DISAGREES = {
    "any_number_missing": 1.0,
    "units_differ": 1.0,
    "any_name_missing": 1.0,
    "denies": DENIAL,
    "denied": DENIAL,
}


@dataclass(frozen=True, slots=True)
class Model:
    """One fit for claims beside the few sentences that they cite, one for whole abstracts.

    The two differ because an abstract nearly always holds the claim's words somewhere, and
    numbers and names in other forms. ``common``: stems of common words -> weight below 1.
    """

    few: Logistic
    many: Logistic
    common: Mapping[str, float]

    def probability(self, row: Features, quotes: int) -> float:
        """That so many quotes with these features support their claim."""
        share = min(1.0, max(0.0, (quotes - FEW) / (MANY - FEW)))
        probability = logistic((1 - share) * self.few.logit(row) + share * self.many.logit(row))
        disagrees = any(row[name] >= limit for name, limit in _DISAGREES.items())
        return min(CAP, probability) if disagrees and share < 1 else probability

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
    columns = zip(NAMES, data["weights"], data["mean"], data["scale"], strict=True)
    return Logistic.of_standardised(data["bias"], columns)


@cache
def bundled() -> Model:
    """The weights that come with the product."""
    return parse(json.loads((files("rag.grounding") / WEIGHTS).read_text("utf-8")))
