import math

import pytest

from evals.measures.ranking import ndcg, recall_at


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
