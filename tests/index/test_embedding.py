from hashlib import sha256
from importlib.resources import files

import numpy as np
import pytest

from index.embedding import load_embedder, unit
from index.errors import ConfigError
from index.minilm import GRAPH, GRAPH_SHA256, LATE, LATE_SHA256


@pytest.fixture(scope="module")
def minilm():
    return load_embedder("minilm")


def test_minilm_agrees_with_its_model_card(minilm) -> None:
    """The card gives 0.7553 for this pair; quantisation may cost a hundredth."""
    a, b = minilm.embed(["A man is eating food.", "A man is eating a piece of bread."])
    assert float(a @ b) == pytest.approx(0.7553, abs=0.012)


def test_vectors_are_unit_and_do_not_depend_on_their_batch(minilm) -> None:
    texts = ["one", "a much longer text about graph neural networks " * 9, "three words here"]
    together = minilm.embed(texts)
    alone = np.concatenate([minilm.embed([text]) for text in texts])
    assert together.shape == (3, 384)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(together, alone)


def test_minilm_takes_empty_and_very_long_texts(minilm) -> None:
    assert minilm.embed([]).shape == (0, 384)
    vectors = minilm.embed(["", "word " * 5000, "\x00\ud7ff 中文"])
    assert np.isfinite(vectors).all()


@pytest.mark.parametrize("spec", ["bert", "openai", "openai:", "minilm:x", ""])
def test_a_spec_that_means_nothing_is_a_config_error(spec: str) -> None:
    with pytest.raises(ConfigError):
        load_embedder(spec)


def test_unit_leaves_a_zero_row() -> None:
    rows = unit(np.array([[3.0, 4.0], [0.0, 0.0]]))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0]], atol=1e-6)


def test_the_fingerprint_is_that_of_the_shipped_graph() -> None:
    graph = files("index.model").joinpath(GRAPH).read_bytes()
    assert sha256(graph).hexdigest() == GRAPH_SHA256


def test_the_late_space_is_the_shipped_one() -> None:
    space = files("index.model").joinpath(LATE).read_bytes()
    assert sha256(space).hexdigest() == LATE_SHA256
