"""The embedder for OpenAI-compatible endpoints against a real server on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from index.embedding import load_embedder
from index.errors import ConfigError, ModelError, Rejected, Unreachable

KEY = "sk-secret-1234567890"


class Endpoint(BaseHTTPRequestHandler):
    """Answers with (length, 1) a text, in the wrong order, or with what ``server.reply`` says."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.headers["Authorization"], body["input"]))
        rows = [
            {"index": i, "embedding": [float(len(text)), 1.0], "object": "embedding"}
            for i, text in enumerate(body["input"])
        ]
        reply = {"object": "list", "model": body["model"], "data": rows[::-1]}
        status, content = self.server.reply or (200, json.dumps(reply))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as running:
        running.asked, running.reply = [], None
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def embedder(server):
    url = f"http://127.0.0.1:{server.server_port}/v1"
    opened = load_embedder("openai:some-model", api_key=KEY, base_url=url)
    yield opened
    opened.close()


def test_vectors_come_back_in_order_and_of_length_one(embedder, server) -> None:
    assert server.asked == []  # nothing is sent before it is needed
    vectors = embedder.embed(["abcd", "", "ab"])
    expected = np.array([[4, 1], [1, 1], [2, 1]], np.float32)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
    assert embedder.dimension == 2
    assert server.asked == [(f"Bearer {KEY}", ["abcd", " ", "ab"])]


def test_many_texts_go_in_several_requests(embedder, server) -> None:
    assert embedder.embed(["x"] * 300).shape == (300, 2)
    assert [len(texts) for _, texts in server.asked] == [128, 128, 44]


def test_a_refused_key_is_named_but_not_shown(embedder, server) -> None:
    server.reply = (401, json.dumps({"error": {"message": f"bad key {KEY}"}}))
    with pytest.raises(Rejected, match="OPENAI_API_KEY") as caught:
        embedder.embed(["x"])
    assert KEY not in str(caught.value)
    assert KEY not in repr(embedder)


@pytest.mark.parametrize("content", ["<html>hello</html>", '{"data": []}', '{"data": [{}]}'])
def test_a_reply_without_embeddings_is_an_error(embedder, server, content: str) -> None:
    server.reply = (200, content)
    with pytest.raises(ModelError):
        embedder.embed(["x"])


def test_without_key_and_address_nothing_is_contacted() -> None:
    lonely = load_embedder("openai:m")
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        lonely.embed(["x"])
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        _ = lonely.dimension


def test_nobody_listening_is_unreachable(server, monkeypatch) -> None:
    monkeypatch.setattr("index.remote_embedding.RETRIES", 0)
    lonely = load_embedder("openai:m", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(Unreachable):
        lonely.embed(["x"])
    lonely.close()
