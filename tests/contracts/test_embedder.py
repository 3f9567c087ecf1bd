"""What every Embedder does, over those that need no network beyond this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer

import numpy as np
import pytest

from index.embedding import Embedder, load_embedder
from tests.index.test_remote_embedding import Endpoint

TEXTS = ["one", "a much longer text about graphs " * 9, "", "三 words \x00 здесь", "one"]

Make = Callable[[], Embedder]


@pytest.fixture(scope="module", params=["minilm", "hash", "openai:some-model"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    if not request.param.startswith("openai:"):
        yield lambda: load_embedder(request.param)
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.asked, server.reply = [], None  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1"
        yield lambda: load_embedder(request.param, base_url=url)
        server.shutdown()


@pytest.fixture(scope="module")
def embedder(make: Make) -> Embedder:
    return make()


def test_one_unit_row_a_text(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_are_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_different_texts_have_different_vectors(embedder: Embedder) -> None:
    first, second = embedder.embed(TEXTS[:2])
    assert not np.allclose(first, second, atol=1e-3)


def test_a_text_has_the_same_vector_alone_and_in_company(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(together[0], together[-1])


def test_another_one_of_the_same_name_is_the_same(embedder: Embedder, make: Make) -> None:
    other = make()
    before = other.spec, other.fingerprint
    np.testing.assert_array_equal(other.embed(TEXTS), embedder.embed(TEXTS))
    assert (other.spec, other.fingerprint) == before  # use changes neither
    assert before == (embedder.spec, embedder.fingerprint)
    assert other.dimension == embedder.dimension
