"""Measures of a ranking: by hand, and against what ir-measures gave for the same."""

from __future__ import annotations

import math

import pytest

from evals.measures.ranking import ndcg, recall_at, reciprocal_rank


def test_ndcg_by_hand() -> None:
    # found at ranks 1 and 3 of two relevant: (1 + 1/log2(4)) / (1 + 1/log2(3))
    expected = (1 + 1 / 2) / (1 + 1 / math.log2(3))
    assert ndcg(["a", "x", "b"], {"a": 1, "b": 1}) == pytest.approx(expected)


def test_ndcg_weighs_grades_and_cuts_at_k() -> None:
    assert ndcg(["b", "a"], {"a": 2, "b": 1}, k=1) == pytest.approx(0.5)
    assert ndcg(["x"], {"a": 1}) == 0
    assert ndcg(["x"], {}) == 0


def test_recall_by_hand() -> None:
    assert recall_at(["a", "x", "b"], {"a": 1, "b": 1, "c": 0}, 2) == 0.5
    assert recall_at(["a"], {}, 5) == 0


def test_reciprocal_rank_by_hand() -> None:
    assert reciprocal_rank(["x", "y", "a", "b"], {"a": 1, "b": 2, "x": 0}) == 1 / 3
    assert reciprocal_rank(["x", "y", "a"], {"a": 1}, 2) == 0
    assert reciprocal_rank(["x"], {}) == 0


def test_an_item_that_comes_twice_counts_once() -> None:
    assert ndcg(["a", "a"], {"a": 1, "b": 1}) == ndcg(["a"], {"a": 1, "b": 1})
    assert recall_at(["x", "x", "a"], {"a": 1}, 2) == 1


GRADES = {
    "graded": {"a": 3, "b": 2, "c": 1, "d": 0, "e": 1},
    "tied": {"a": 1, "b": 1, "c": 2},
    "absent": {"a": 1, "gone": 2, "lost": 1},
    "disliked": {"a": -1, "b": 2, "c": 0},
    "deep": {"p12": 1, "p3": 1},
    "nothing": {"a": 0, "b": 0},
    "unanswered": {"a": 1},
}
SCORED = {
    "graded": {"d": 9.0, "b": 8.0, "x": 7.0, "a": 6.0, "e": 5.0},
    "tied": {"a": 1.0, "b": 1.0, "c": 1.0, "x": 1.0, "y": 2.0},
    "absent": {"x": 3.0, "gone": 2.0, "y": 1.0},
    "disliked": {"a": 3.0, "c": 2.0, "b": 1.0},
    "deep": {f"p{i}": 20.0 - i for i in range(1, 15)},
    "nothing": {"a": 2.0, "b": 1.0},
    "unanswered": {},
}
# ir_measures.iter_calc of [nDCG@10, nDCG@2, R@10, R@2, RR] over the two tables above, by
# ir-measures 0.4.3 with pytrec_eval-terrier 0.5.11.
REFERENCE = {
    "graded": (0.566340214, 0.296081911, 0.75, 0.25, 0.5),
    "tied": (0.580507871, 0.0, 1.0, 0.0, 0.333333333),
    "absent": (0.403030284, 0.479624933, 0.333333333, 0.333333333, 0.5),
    "disliked": (0.5, 0.0, 1.0, 0.0, 0.333333333),
    "deep": (0.306573596, 0.0, 0.5, 0.0, 0.333333333),
    "nothing": (0.0, 0.0, 0.0, 0.0, 0.0),
    "unanswered": (0.0, 0.0, 0.0, 0.0, 0.0),
}


def in_order(scored: dict[str, float]) -> list[str]:
    """As trec_eval ranks: by score, equal ones by name, both from the highest down."""
    return sorted(scored, key=lambda item: (scored[item], item), reverse=True)


@pytest.mark.parametrize("query", GRADES)
def test_they_equal_those_of_ir_measures(query: str) -> None:
    ranked, relevant = in_order(SCORED[query]), GRADES[query]
    found = (
        ndcg(ranked, relevant, 10),
        ndcg(ranked, relevant, 2),
        recall_at(ranked, relevant, 10),
        recall_at(ranked, relevant, 2),
        reciprocal_rank(ranked, relevant),
    )
    assert found == pytest.approx(REFERENCE[query], abs=1e-6)
