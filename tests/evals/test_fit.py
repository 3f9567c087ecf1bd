"""The fit recovers a model that is known, and the curve counts what it should."""

import math
from random import Random

import numpy as np
import pytest

from evals.bench.fit import fit
from evals.bench.fit_examples import Example, answerable_rows, paper_rows, sentence_rows
from evals.bench.fit_report import THRESHOLDS, Result, curve, judge
from evals.types import EvalCase
from rag.deciding import least_answerable
from rag.linear import Logistic, fitted
from tests.rag.entries import cover, entry

KNOWN = Logistic(-0.5, {"a": 2.0, "b": -1.0, "nothing": 0.0})


def drawn(count, scale=1.0, seed=0):
    """Rows whose outcomes a known model tells."""
    rng = Random(seed)
    rows = []
    for _ in range(count):
        seen = {"a": rng.gauss(0, 1), "b": rng.gauss(3, 2) / scale, "nothing": rng.random()}
        chance = KNOWN.probability(seen | {"b": seen["b"] * scale})
        rows.append((seen, rng.random() < chance))
    return rows


def test_the_weights_of_a_known_model_are_found_again():
    found = fit(drawn(20_000), 1e-6)
    assert found.bias == pytest.approx(KNOWN.bias, abs=0.15)
    assert found.weights == pytest.approx(KNOWN.weights, abs=0.15)


def test_the_mean_of_the_chances_is_the_share_of_what_came_true():
    rows = drawn(500)
    found = fit(rows, 1e-6)
    chances = [found.probability(seen) for seen, _ in rows]
    assert np.mean(chances) == pytest.approx(np.mean([true for _, true in rows]), abs=1e-3)


def test_a_penalty_draws_the_weights_together_and_leaves_the_mean():
    rows = drawn(500)
    free, held, bound = (fit(rows, penalty) for penalty in (1e-6, 50.0, 1e9))
    sizes = [sum(weight**2 for weight in model.weights.values()) for model in (free, held, bound)]
    assert sizes == sorted(sizes, reverse=True)
    assert bound.weights == pytest.approx(dict.fromkeys(KNOWN.weights, 0.0), abs=1e-3)
    share = np.mean([true for _, true in rows])
    assert bound.bias == pytest.approx(math.log(share / (1 - share)), abs=1e-2)


def test_the_unit_of_a_feature_makes_no_difference():
    one, other = fit(drawn(500), 3.0), fit(drawn(500, scale=100.0), 3.0)
    assert other.weights["b"] == pytest.approx(100 * one.weights["b"], rel=1e-3)
    assert other.weights["a"] == pytest.approx(one.weights["a"], abs=1e-4)


def test_a_feature_that_never_changes_weighs_nothing():
    rows = [(seen | {"always": 7.0}, true) for seen, true in drawn(200)]
    assert fit(rows, 1.0).weights["always"] == 0


def test_outcomes_that_a_line_parts_have_a_finite_fit():
    rows = [({"a": float(n)}, n > 10) for n in range(20)]
    found = fit(rows, 0.1)
    assert all(math.isfinite(value) for value in (found.bias, found.weights["a"]))
    assert [found.probability(seen) > 0.5 for seen, _ in rows] == [true for _, true in rows]


# Examples and what becomes of them


def case(answerable=True, **more) -> EvalCase:
    known = {
        "id": "c",
        "type": "single_fact" if answerable else "unanswerable",
        "question": "how is it pruned?",
        "gold_titles": ("on a",) if answerable else (),
        "acceptable_titles": (),
        "must_contain": (),
        "answerable": answerable,
    }
    return EvalCase(**known | more)


def example(of=None, papers=None, gold=frozenset({0}), acceptable=frozenset()) -> Example:
    papers = papers or (entry("a", score=0.9), entry("b", score=0.5), entry("c", score=0.4))
    of = of or case()
    gold = gold if of.answerable else frozenset()
    return Example(of, of.question, "one", papers, gold, acceptable, 0)


def test_each_paper_is_a_row_but_for_the_acceptable_ones():
    rows = paper_rows(example(acceptable=frozenset({1})))
    assert [true for _, true in rows] == [True, False]
    assert [round(seen["score"], 1) for seen, _ in rows] == [0.9, 0.4]
    assert paper_rows(example(case(answerable=False))) == []


def test_each_case_is_a_row_for_whether_it_can_be_answered():
    assert [true for _, true in answerable_rows(example())] == [True]
    assert [true for _, true in answerable_rows(example(case(answerable=False)))] == [False]


def test_each_sentence_of_a_gold_paper_is_a_row_where_its_quotes_are_known():
    assert sentence_rows(example()) == []
    rows = sentence_rows(example(case(gold_quotes=("Two.",))))
    assert [true for _, true in rows] == [False, True, False]
    assert sentence_rows(example(case(gold_quotes=("Not in it.",)))) == []


MODELS = dict(fitted()) | {
    "answerable": Logistic(0.0, {}),
    "paper_one": Logistic(-5.0, {"score": 10.0}),
    "sentence": Logistic(-5.0, {"covered": 10.0}),
}


def test_what_quoting_comes_to_is_judged_like_an_answer():
    met = cover([[0.1], [0.9], [0.1]])
    papers = (entry("a", ["So.", "By 5.", "Then."], met, score=0.9), entry("b", score=0.5))
    of = case(must_contain=("By 5", "by 6"))
    result = judge(example(of, papers), MODELS)
    assert (result.chance, result.precision, result.recall) == (0.5, 0.5, 1.0)
    assert result.must_contain == 0.5
    accepted = judge(example(of, papers, acceptable=frozenset({1})), MODELS)
    assert accepted.precision == 1.0
    missed = judge(example(case(gold_titles=("on a", "on z")), papers), MODELS)
    assert missed.recall == 0.5


def test_an_unanswerable_case_has_a_chance_alone():
    result = judge(example(case(answerable=False)), MODELS)
    assert (result.precision, result.recall, result.must_contain) == (None, None, None)
    assert result.chance == 0.5


def test_the_curve_counts_what_is_refused_below_each_threshold():
    def result(answerable, chance):
        return Result(example(case(answerable=answerable)), chance, None, None, None)

    results = [result(True, c) for c in (0.2, 0.52, 0.9, 0.95)]
    results += [result(False, c) for c in (0.1, 0.62)]
    points = {threshold: (right, wrong) for threshold, right, wrong in curve(results)}
    assert list(points) == sorted(THRESHOLDS)
    assert points[0.5] == (0.5, 0.25)
    assert points[0.55] == (0.5, 0.5)
    assert points[0.65] == (1.0, 0.5)
    assert points[0.9] == (1.0, 0.5)
    assert [right for right, _ in points.values()] == sorted(r for r, _ in points.values())
    assert min(THRESHOLDS) < least_answerable(()) < max(THRESHOLDS)
    assert list(curve([])) == [(threshold, 0.0, 0.0) for threshold in THRESHOLDS]
