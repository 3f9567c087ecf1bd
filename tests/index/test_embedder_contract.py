"""What every Embedder that can run here does with odd texts, many texts and several threads.

Shapes, unit length, no texts and company: ``tests/contracts/test_embedder.py``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import ThreadingHTTPServer

import numpy as np
import pytest

from index.embedding import Embedder, load_embedder
from index.errors import ConfigError
from tests.index.test_remote_embedding import Endpoint

ODD = [
    "",
    " \n\t",
    "\x00",
    "half a pair \ud800 here",
    "\udfff",
    "\u202e\u200b",
    "👩‍🔬 e\u0301 ﷽",
    "word " * 3_000,
    "x" * 20_000,
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.asked, server.reply = [], None  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=["minilm", "hash", "openai:some-model"])
def embedder(request: pytest.FixtureRequest, address: str) -> Iterator[Embedder]:
    loaded = load_embedder(request.param, base_url=address)
    yield loaded
    if close := getattr(loaded, "close", None):
        close()


def assert_unit_rows(embedder: Embedder, vectors: np.ndarray, count: int) -> None:
    assert vectors.shape == (count, embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_any_text_has_a_unit_row(embedder: Embedder) -> None:
    given = list(ODD)
    together = embedder.embed(given)
    assert_unit_rows(embedder, together, len(ODD))
    assert given == ODD
    for row, text in zip(together, ODD, strict=True):
        np.testing.assert_array_equal(embedder.embed([text])[0], row)


def test_rows_keep_the_order_of_many_texts(embedder: Embedder) -> None:
    texts = tuple("graph " * (1 + number % 7) for number in range(300))  # above any batch
    vectors = embedder.embed(texts)
    assert_unit_rows(embedder, vectors, len(texts))
    np.testing.assert_array_equal(vectors[:7], embedder.embed(texts[:7]))
    np.testing.assert_array_equal(vectors, np.resize(vectors[:7], vectors.shape))


def test_several_threads_may_ask_a_fresh_one_at_once(embedder: Embedder, address: str) -> None:
    fresh = load_embedder(embedder.spec, base_url=address)
    texts = [f"text number {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: fresh.embed([text])[0], texts))
    np.testing.assert_array_equal(np.stack(rows), embedder.embed(texts))
    if close := getattr(fresh, "close", None):
        close()


@pytest.mark.parametrize("spec", ["openai:some-model", "fastembed:no/such-model"])
def test_what_an_embedder_lacks_is_named_at_first_use(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fastembed", None)
    embedder = load_embedder(spec)
    for use in (
        lambda: embedder.embed(["x"]),
        lambda: embedder.embed([]),
        lambda: embedder.dimension,
    ):
        with pytest.raises(ConfigError, match=r"OPENAI_API_KEY|pip install"):
            use()
