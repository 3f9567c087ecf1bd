"""Late interaction by hand on arrays that fit a line."""

import numpy as np
import pytest

from index.embedding import QuestionTokens, TokenStates
from index.late import PaperTokens, joined, late_scores, match, placed
from index.types import Chunk

EAST, NORTH, BETWEEN = (1.0, 0.0), (0.0, 1.0), (0.6, 0.8)
EMPTY = PaperTokens(np.zeros(0, np.int32), np.zeros((0, 0), np.int8))


def question(*vectors: tuple[float, float], weights: tuple[float, ...] = ()) -> QuestionTokens:
    rows = np.array(vectors, np.float32).reshape(-1, 2)
    words = tuple(f"w{i}" for i in range(len(vectors)))
    rarity = np.array(weights or (1.0,) * len(vectors), np.float32)
    return QuestionTokens(np.ones(4, np.float32) / 2, rows, rarity, words)


def tokens(*vectors: tuple[float, float]) -> PaperTokens:
    rows = np.rint(np.array(vectors).reshape(-1, 2) * 127).astype(np.int8)
    return PaperTokens(np.arange(len(vectors), dtype=np.int32), rows)


def test_each_piece_of_the_question_counts_where_it_is_met_best() -> None:
    # East: 1 at the first. North: 0.8 at the second. Weights are the roots of 9 and 1.
    (score,) = late_scores(question(EAST, NORTH, weights=(9, 1)), [tokens(EAST, BETWEEN)])
    assert score == pytest.approx((3 * 1 + 1 * 0.8) / 4, abs=0.005)


def test_a_paper_is_compared_by_its_own_pieces_only() -> None:
    papers = [tokens(NORTH), EMPTY, tokens(BETWEEN, EAST), tokens((-1.0, 0.0))]
    assert late_scores(question(EAST), papers) == pytest.approx([0, 0, 1, 0], abs=0.005)


def test_without_pieces_nothing_is_met() -> None:
    assert late_scores(question(EAST), []).tolist() == []
    assert late_scores(question(EAST), [EMPTY]).tolist() == [0]
    assert late_scores(question(), [tokens(EAST)]).tolist() == [0]


def test_a_match_holds_all_cosines() -> None:
    found = match(question(EAST, NORTH, weights=(2, 3)), tokens(EAST, BETWEEN, NORTH))
    np.testing.assert_allclose(found.similarities, [[1, 0.6, 0], [0, 0.8, 1]], atol=0.005)
    assert found.similarities.dtype == np.float32
    assert found.offsets.tolist() == [0, 1, 2]
    assert (found.words, found.weights.tolist()) == (("w0", "w1"), [2, 3])


def test_a_match_without_pieces_is_empty() -> None:
    assert match(question(EAST), EMPTY).similarities.shape == (1, 0)
    assert match(question(), tokens(EAST)).similarities.shape == (0, 1)


def test_pieces_are_placed_in_the_abstract_and_the_title_is_kept_once() -> None:
    # "On X. Now Y" of a chunk that begins at character 40: the lead "On X. " has 6 characters.
    states = TokenStates(np.array([3, 6, 10], np.int32), np.array([EAST, NORTH, BETWEEN]))
    chunk = Chunk("p#1", "p", "Now Y", 40, 45)
    first = placed(states, chunk, 6, first=True)
    assert first.offsets.tolist() == [-1, 40, 44]
    assert first.vectors.tolist() == [[127, 0], [0, 127], [76, 102]]
    later = placed(states, chunk, 6, first=False)
    assert later.offsets.tolist() == [40, 44]
    assert later.vectors.tolist() == [[0, 127], [76, 102]]


def test_chunks_are_joined_in_order_and_empty_ones_pass() -> None:
    whole = joined([tokens(EAST), EMPTY, tokens(NORTH, EAST)])
    assert whole.offsets.tolist() == [0, 0, 1]
    assert whole.vectors.tolist() == [[127, 0], [0, 127], [127, 0]]
    assert joined([EMPTY, EMPTY]).offsets.tolist() == []
