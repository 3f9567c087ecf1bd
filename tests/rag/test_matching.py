"""Coverage of a question by a paper's sentences, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.late import TITLE, TokenMatch
from rag.matching import coverage, uncovered

# Two tokens of the question beside four of the paper: one of its title, two of the first
# sentence, one of the second.
MATCH = TokenMatch(
    np.array([[0.9, 0.2, 0.4, -0.3], [0.1, -0.5, -0.2, 0.8]], np.float32),
    np.array([TITLE, 0, 5, 20], np.int32),
    np.array([3, 1], np.float32),
    ("prune", "weights"),
)
SPANS = [(0, 10), (10, 30)]


def test_each_token_takes_its_best_match_in_the_title_and_in_each_sentence():
    met = coverage(MATCH, SPANS)
    assert met.words == ("prune", "weights")
    assert met.weights == pytest.approx([0.75, 0.25])
    assert met.title == pytest.approx([0.9, 0.1])
    assert met.sentences == pytest.approx(np.array([[0.4, 0.0], [0.0, 0.8]]))


def test_a_token_belongs_to_the_sentence_in_which_it_begins():
    match = TokenMatch(
        np.array([[0.5]], np.float32), np.array([10], np.int32), np.ones(1, np.float32), ("x",)
    )
    assert coverage(match, SPANS).sentences.tolist() == [[0.0], [0.5]]


def test_a_paper_counts_by_its_best_place_a_sentence_by_itself():
    met = coverage(MATCH, SPANS)
    assert met.tokens == pytest.approx([0.9, 0.8])
    assert met.whole == pytest.approx(0.75 * 0.9 + 0.25 * 0.8)
    assert met.by_sentence == pytest.approx([0.75 * 0.4, 0.25 * 0.8])


def test_a_tokens_weight_is_credited_to_the_sentence_that_covers_it_best():
    met = coverage(MATCH, SPANS)
    left, right = np.exp(20 * -0.4), np.exp(20 * -0.8)
    first = 0.75 / (1 + left) + 0.25 * right / (1 + right)
    assert met.credit == pytest.approx([first, 1 - first], abs=1e-6)


def test_sentences_that_cover_a_token_alike_share_its_credit():
    match = TokenMatch(
        np.array([[0.6, 0.6]], np.float32),
        np.array([0, 10], np.int32),
        np.ones(1, np.float32),
        ("x",),
    )
    assert coverage(match, SPANS).credit == pytest.approx([0.5, 0.5])


def test_where_nothing_stands_nothing_is_covered():
    met = coverage(MATCH, [(100, 200)])
    assert met.sentences.tolist() == [[0, 0]]
    assert coverage(MATCH, []).sentences.shape == (0, 2)
    assert coverage(MATCH, []).tokens == pytest.approx([0.9, 0.1])
    assert coverage(MATCH, []).credit.shape == (0,)


def test_tokens_without_weight_count_the_same():
    match = TokenMatch(MATCH.similarities, MATCH.offsets, np.zeros(2, np.float32), MATCH.words)
    assert coverage(match, SPANS).weights == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("sentences", [0, 3])
def test_a_paper_that_was_not_compared_is_covered_nowhere(sentences):
    met = uncovered(sentences)
    assert met.whole == 0
    assert met.by_sentence.tolist() == met.credit.tolist() == [0] * sentences


@given(
    arrays(np.float32, (3, 6), elements=st.floats(-1, 1, width=32)),
    arrays(np.int32, 6, elements=st.integers(-1, 40)),
    arrays(np.float32, 3, elements=st.floats(0, 8, width=32)),
)
def test_shares_stay_shares(similarities, offsets, weights):
    met = coverage(TokenMatch(similarities, offsets, weights, ("a", "b", "c")), [(0, 9), (9, 41)])
    assert met.weights.sum() == pytest.approx(1, abs=1e-5)
    assert met.credit.sum() == pytest.approx(1, abs=1e-5)
    assert (met.credit >= 0).all()
    assert max(met.by_sentence) <= met.whole + 1e-5 <= 1 + 2e-5
