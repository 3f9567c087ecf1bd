"""A store that was built over the network, where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embedding import load_embedder, needs_network
from index.errors import ConfigError, ManifestMismatch
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.index.papers import papers

SPEC = "openai:text-embedding-3-small"

READER = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        sys.stderr.write(f"{event} {arguments}\\n")
        sys.exit("a connection")

sys.addaudithook(watch)
from index.embedding import load_embedder
from index.errors import ConfigError
from index.store import PaperIndex

for embedder in (None, load_embedder(sys.argv[2])):
    with PaperIndex.open(sys.argv[1], embedder=embedder, create=False) as store:
        assert len(store.query()) == 3
        assert store.get("p1").id == "p1"
        assert store.info().embedder == sys.argv[2]
        store.refresh()
        assert store.matching("marker1", 1)[0][0] == "p1"
        try:
            store.search("marker1")
        except ConfigError as error:
            assert f"{sys.argv[2]} needs OPENAI_API_KEY, or OPENAI_BASE_URL" in str(error)
        else:
            raise AssertionError("no ConfigError")
sys.stdout.write("read\\n")
"""


class Remote(HashEmbedder):
    """Passes for an embedder of an endpoint, so that a store bears its name."""

    @property
    def spec(self) -> str:
        return SPEC

    @property
    def fingerprint(self) -> str:
        return SPEC


def test_reading_a_store_of_remote_vectors_opens_no_connection(
    folder: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with PaperIndex.open(folder, embedder=Remote()) as store:
        store.add(papers(3))
    command = [sys.executable, "-c", READER, str(folder), SPEC]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("read\n", "")


def test_neither_key_nor_address_is_an_error_before_any_connection() -> None:
    embedder = load_embedder(SPEC)
    for ask in (lambda: embedder.embed(["x"]), lambda: embedder.dimension):
        with pytest.raises(ConfigError, match="needs OPENAI_API_KEY, or OPENAI_BASE_URL"):
            ask()


def test_an_endpoint_that_changed_its_dimension_is_noticed(folder: Path) -> None:
    with PaperIndex.open(folder, embedder=Remote()) as store:
        store.add(papers(3))
    with PaperIndex.open(folder, embedder=Remote(32)) as store:
        with pytest.raises(ManifestMismatch, match="32 numbers"):
            store.search("marker1")
        with pytest.raises(ManifestMismatch, match="32 numbers"):
            store.add(papers(4))
        vector = np.eye(1, 64, dtype=np.float32)[0]
        assert len(store.nearest(vector, 3)) == 3


@pytest.mark.parametrize(
    ("spec", "needed"), [("minilm", False), ("hash", False), (SPEC, True), ("fastembed:m", True)]
)
def test_which_embedders_need_the_network(spec: str, *, needed: bool) -> None:
    assert needs_network(spec) is needed
