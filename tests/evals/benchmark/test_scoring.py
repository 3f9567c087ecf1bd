"""Rankings into figures: by hand."""

from __future__ import annotations

import math

import pytest

from evals.benchmark.scoring import Placing, placed
from evals.benchmark.table import lines, markdown

RELEVANT = {"q1": {"a": 1, "b": 1}, "q2": {"c": 2}}
SPEEDS = {"BM25": 10.0, "paperchat": 5.0}


def test_means_are_those_counted_by_hand():
    rankings = {
        "BM25": {"q1": ["x", "a", "y"], "q2": ["x"]},
        "paperchat": {"q1": ["a", "b"], "q2": [f"x{n}" for n in range(10)] + ["c"]},
    }
    bm25, product = placed(rankings, RELEVANT, SPEEDS)
    found = (1 / math.log2(3)) / (1 + 1 / math.log2(3))  # one of two, at the second place
    assert bm25.ndcg_10 == pytest.approx(found / 2)
    assert (bm25.recall_10, bm25.recall_100, bm25.mrr_10) == (0.25, 0.25, 0.25)
    assert product.ndcg_10 == 0.5
    assert (product.recall_10, product.recall_100, product.mrr_10) == (0.5, 1, 0.5)
    assert (bm25.queries_per_second, product.queries_per_second) == (10, 5)
    assert bm25.behind.mean == pytest.approx(0.5 - found / 2)
    assert (bm25.behind.n, bm25.verdict) == (2, "same")  # two queries prove nothing
    assert (product.behind, product.verdict) == (None, "")


def test_what_is_real_is_said_and_what_is_chance_is_not():
    relevant = {f"q{n}": {"a": 1} for n in range(20)}
    right, wrong = ({q: [first] for q in relevant} for first in "ax")
    mixed = {q: ["a"] if n % 7 else ["x"] for n, q in enumerate(relevant)}
    speeds = dict.fromkeys(("BM25", "vectors", "paperchat"), 1.0)
    worst, near, _ = placed({"BM25": wrong, "vectors": mixed, "paperchat": right}, relevant, speeds)
    assert worst.verdict == "better"
    assert worst.behind.corrected_p <= 0.001
    assert near.verdict == "same"  # three queries of twenty
    assert near.behind.p == pytest.approx(2 / 2**3, abs=0.02)
    against = placed({"BM25": right, "vectors": right, "paperchat": wrong}, relevant, speeds)
    assert against[0].verdict == "worse"


def test_a_page_of_it_says_what_was_measured_and_what_was_not():
    ways = placed({"BM25": {"q1": ["a"]}, "paperchat": {"q1": ["a"]}}, {"q1": {"a": 1}}, SPEEDS)
    placing = Placing("tiny", "test", 1, 4, 1, "hash", ("1 note",), ways)
    text = markdown(placing)
    assert "**tiny, test: 1 queries, 4 papers, hash**" in text
    assert "| BM25 | 1.000 | - | 1.000 | 1.000 | 1.000 | 10 |" in text
    assert "- 1 note" in text
    assert lines(placing)[0] == "paperchat against BM25: +0.000, p 1.000: no real difference"
