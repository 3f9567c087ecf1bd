"""The logistic function over named features, by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.linear import Logistic, fitted

MODEL = Logistic(-1.0, {"a": 2.0, "b": -0.5})


def test_a_logit_is_the_weighted_sum():
    assert MODEL.logit({"a": 3.0, "b": 4.0}) == -1 + 6 - 2


def test_a_probability_is_its_logistic_function():
    assert MODEL.probability({"a": 0.5, "b": 0.0}) == 0.5
    assert MODEL.probability({"a": 1.0, "b": 0.0}) == pytest.approx(1 / (1 + math.e**-1))


def test_standardised_features_are_weighed_as_they_are():
    found = Logistic.of_standardised(0.5, [("a", 2.0, 3.0, 4.0), ("b", -1.0, 0.0, 1.0)])
    for seen in ({"a": 3.0, "b": 0.0}, {"a": 7.0, "b": 2.0}):
        by_hand = 0.5 + 2 * (seen["a"] - 3) / 4 - seen["b"]
        assert found.logit(seen) == pytest.approx(by_hand)


def test_other_features_make_no_difference_but_missing_ones_are_an_error():
    assert MODEL.probability({"a": 0.5, "b": 0.0, "c": 9.0}) == 0.5
    with pytest.raises(KeyError, match="b"):
        MODEL.probability({"a": 0.5})


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e9, 1e9))
def test_no_feature_makes_it_overflow(a, b):
    assert 0 < MODEL.probability({"a": a, "b": b}) <= 1


def test_more_of_what_speaks_for_it_makes_it_likelier():
    chances = [MODEL.probability({"a": a / 10, "b": 0.0}) for a in range(20)]
    assert chances == sorted(set(chances))


def test_the_models_in_the_file_are_read_once_and_are_whole():
    models = fitted()
    assert models is fitted()
    assert {"paper_one", "paper_two", "paper_many", "answerable", "sentence"} <= set(models)
    for model in models.values():
        assert model.weights
        assert all(math.isfinite(weight) for weight in (model.bias, *model.weights.values()))
