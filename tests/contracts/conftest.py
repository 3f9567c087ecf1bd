from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.chroma_server import chroma_server, forget_collections


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(params=["folder", "server"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store can be made: once a folder, once an empty server."""
    if request.param == "folder":
        return str(tmp_path / "store")
    url: str = request.getfixturevalue("chroma_url")
    forget_collections(url)
    return url
