"""Measures of a ranking against graded relevance. Pure.

They give what trec_eval gives, through ir-measures: nDCG@k, RR and R@k. An item counts once, at its
first place; grades of 0 and below say that it is not relevant; what the ranking lacks was not
found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first ``k``, in [0, 1].

    Gain is the grade itself and the discount log2(rank + 1), as in trec_eval (Jarvelin and
    Kekalainen, 2002); 0 where nothing is relevant.
    """
    gains = [max(relevant.get(item, 0), 0) for item in _first(ranked, k)]
    best = sorted((grade for grade in relevant.values() if grade > 0), reverse=True)[:k]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def reciprocal_rank(
    ranked: Sequence[str], relevant: Mapping[str, int], k: int | None = None
) -> float:
    """1 / the rank of the first relevant item, in [0, 1]; 0 where none is among the first ``k``.

    Its mean over queries is MRR (Voorhees, 1999).
    """
    places = enumerate(_first(ranked, k), 1)
    return next((1 / rank for rank, item in places if relevant.get(item, 0) > 0), 0.0)


def recall_at(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Share of the relevant items among the first ``k``, in [0, 1]; 0 where nothing is relevant."""
    wanted = {item for item, grade in relevant.items() if grade > 0}
    return len(wanted & set(_first(ranked, k))) / len(wanted) if wanted else 0.0


def _first(ranked: Sequence[str], k: int | None) -> list[str]:
    return list(dict.fromkeys(ranked))[:k]


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))
