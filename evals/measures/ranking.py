"""Measures of a ranking against graded relevance. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first ``k``, in [0, 1].

    Gain is the grade itself and the discount log2(rank + 1), as in trec_eval (Jarvelin and
    Kekalainen, 2002); 0 where nothing is relevant.
    """
    gains = [relevant.get(item, 0) for item in ranked[:k]]
    best = sorted(relevant.values(), reverse=True)[:k]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def recall_at(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Share of the relevant items among the first ``k``, in [0, 1]; 0 where nothing is relevant."""
    wanted = {item for item, grade in relevant.items() if grade > 0}
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))
