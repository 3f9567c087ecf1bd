"""What every TokenEmbedder does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from index.embedding import TokenEmbedder, load_embedder, token_embedder
from index.hash_embedding import HashEmbedder
from tests.index.telling import Telling

TEXTS = [
    "Graph neural networks. We prune Ünïcode graphs; it's 40% faster!",
    "",
    "the of and",
    "三 words \x00 здесь",
    "very long " * 600,
    "Graph neural networks. We prune Ünïcode graphs; it's 40% faster!",
]


def _minilm() -> TokenEmbedder:
    teller = token_embedder(load_embedder("minilm"))
    assert teller is not None
    return teller


@pytest.fixture(scope="module", params=[_minilm, Telling])
def make(request: pytest.FixtureRequest) -> Callable[[], TokenEmbedder]:
    return request.param


@pytest.fixture(scope="module")
def teller(make: Callable[[], TokenEmbedder]) -> TokenEmbedder:
    return make()


def test_the_vectors_are_those_of_embed(teller: TokenEmbedder) -> None:
    vectors, states = teller.embed_tokens(TEXTS)
    np.testing.assert_array_equal(vectors, teller.embed(TEXTS))
    assert len(states) == len(TEXTS)


def test_pieces_have_unit_rows_of_one_width(teller: TokenEmbedder) -> None:
    _, states = teller.embed_tokens(TEXTS)
    (width,) = {of_one.vectors.shape[1] for of_one in states}
    for of_one in [*states, teller.question_tokens(TEXTS[0])]:
        assert of_one.vectors.dtype == np.float32
        assert of_one.vectors.shape[1] == width
        np.testing.assert_allclose(np.linalg.norm(of_one.vectors, axis=1), 1, atol=1e-5)


def test_starts_point_at_words_that_mean_something(teller: TokenEmbedder) -> None:
    _, (states, *others) = teller.embed_tokens(TEXTS)
    rests = [TEXTS[0][start:] for start in dict.fromkeys(states.starts.tolist())]
    words = ["Graph", "neural", "networks", "prune", "Ünïcode", "graphs", "s", "40", "faster"]
    assert [rest[: len(word)] for rest, word in zip(rests, words, strict=True)] == words
    assert others[0].starts.tolist() == others[1].starts.tolist() == []
    assert max(others[3].starts) < len(TEXTS[4])


def test_pieces_do_not_depend_on_company(teller: TokenEmbedder, make) -> None:
    _, together = teller.embed_tokens(TEXTS)
    _, alone = make().embed_tokens(TEXTS[:1])
    for of_one in (together[0], together[-1]):
        np.testing.assert_array_equal(of_one.vectors, alone[0].vectors)
        np.testing.assert_array_equal(of_one.starts, alone[0].starts)


def test_no_texts_are_no_pieces(teller: TokenEmbedder) -> None:
    vectors, states = teller.embed_tokens([])
    assert (vectors.shape, states) == ((0, teller.dimension), [])


def test_a_question_has_the_vector_of_embed_and_weighted_words(teller: TokenEmbedder) -> None:
    text = "Which papers prune Graphs?"
    question = teller.question_tokens(text)
    np.testing.assert_array_equal(question.vector, teller.embed([text])[0])
    assert [*dict.fromkeys(question.words)] == ["prune", "Graphs"]
    assert len(question.words) == len(question.weights) == len(question.vectors)
    assert question.weights.dtype == np.float32
    assert (question.weights > 0).all()


def test_a_question_of_stop_words_keeps_them_and_one_of_marks_has_none(
    teller: TokenEmbedder,
) -> None:
    assert teller.question_tokens("What is it?").words == ("What", "is", "it")
    for text in ("?!", ""):
        question = teller.question_tokens(text)
        assert (question.words, question.weights.tolist()) == ((), [])
        assert question.vectors.shape[0] == 0


def test_its_pieces_have_a_fingerprint(teller: TokenEmbedder, make) -> None:
    assert teller.token_fingerprint == make().token_fingerprint != ""


def test_others_are_none() -> None:
    assert token_embedder(HashEmbedder()) is None
    assert token_embedder(load_embedder("openai:some-model")) is None


@pytest.mark.parametrize("command", ["\\textbf", "textbf", "\\emph", "\\mathrm"])
def test_a_word_that_begins_in_another_font_is_that_word(command: str) -> None:
    texts = ["fast Training of x", f"fast {command}{{T}}raining of x"]
    (plain, set_in), (states, others) = _minilm().embed_tokens(texts)
    np.testing.assert_array_equal(set_in, plain)
    np.testing.assert_array_equal(others.vectors, states.vectors)
    assert texts[1][others.starts[1] :].startswith("T}raining")


def test_rare_pieces_weigh_more() -> None:
    question = _minilm().question_tokens("results of zebrafish")
    by_word = dict(zip(question.words, question.weights, strict=True))
    assert by_word["zebrafish"] > 2 * by_word["results"]
