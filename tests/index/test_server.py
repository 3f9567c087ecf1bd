"""Which locations are servers, and what they say."""

from __future__ import annotations

import pytest

from index.errors import ConfigError
from index.server import Server, is_remote


@pytest.mark.parametrize(
    ("location", "remote"),
    [
        (None, False),
        ("papers", False),
        ("httpd", False),
        ("http://localhost:8000", True),
        ("https://chroma.example", True),
        ("cloud:", True),
    ],
)
def test_which_locations_are_servers(location: str | None, *, remote: bool) -> None:
    assert is_remote(location) is remote


@pytest.mark.parametrize(
    ("location", "server"),
    [
        ("http://host:8123", Server("host", 8123)),
        ("http://host", Server("host", 8000)),
        ("https://host/", Server("host", 443, True)),
        ("cloud:", Server()),
        ("cloud:me/papers", Server(tenant="me", database="papers")),
    ],
)
def test_locations(location: str, server: Server) -> None:
    assert Server.parse(location) == server


@pytest.mark.parametrize("location", ["http://", "http://a:b", "http://h/p", "http://u:p@h"])
def test_locations_that_mean_nothing(location: str) -> None:
    with pytest.raises(ConfigError):
        Server.parse(location)
