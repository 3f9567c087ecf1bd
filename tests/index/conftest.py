from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[PaperIndex]:
    with PaperIndex.open(folder, embedder=HashEmbedder()) as opened:
        yield opened
