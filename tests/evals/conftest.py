"""What the tests of the command line share."""

from __future__ import annotations

import json

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.test_runner import CASES, PAPERS


@pytest.fixture
def asked(tmp_path):
    """A store, a cases file, and the options that name the store."""
    store, cases = tmp_path / "store", tmp_path / "cases.jsonl"
    with PaperIndex.open(store, embedder=HashEmbedder()) as index:
        index.add(PAPERS)
    cases.write_text("\n".join(map(json.dumps, CASES)))
    return store, cases
