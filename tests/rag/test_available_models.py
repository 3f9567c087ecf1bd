"""The endpoint's list of models, from a real server that behaves well or badly."""

import json
import time
import traceback

import pytest

from index.errors import ConfigError, ModelTimeout, Rejected, Unreachable
from rag.models.listed import ids_in
from rag.models.openai import model_ids
from rag.settings import Settings
from rag.wiring import available_models, check_settings
from tests import endpoint as server

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def endpoint():
    with server.running() as running:
        yield running


def says(value):
    return lambda exchange: exchange.status(200, json.dumps(value).encode())


def at(endpoint) -> Settings:
    return Settings(api_key=KEY, base_url=endpoint.base_url)


def test_the_ids_come_sorted_and_once(endpoint):
    endpoint.play(says({"object": "list", "data": [{"id": "b"}, {"id": "a/1"}, {"id": "b"}]}))
    assert available_models(at(endpoint)) == ("a/1", "b")
    (asked,) = endpoint.requests
    assert asked.handler.command == "GET"
    assert asked.handler.path == "/v1/models"
    assert asked.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("behaviour", [server.fails(404), server.fails(405), server.html])
def test_an_endpoint_without_the_list(endpoint, behaviour):
    endpoint.play(behaviour)
    assert available_models(at(endpoint)) == ()


def test_nothing_is_asked_without_an_endpoint_or_offline(endpoint):
    assert available_models(Settings()) == ()
    assert available_models(Settings(base_url=endpoint.base_url, offline=True)) == ()
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (server.fails(401, f"no such key: {KEY}"), Rejected),
        (server.fails(403, f"{KEY} may not"), Rejected),
        (server.fails(500, KEY), Unreachable),
    ],
)
def test_what_goes_wrong_is_told_without_the_key(endpoint, behaviour, kind):
    endpoint.play(behaviour)
    with pytest.raises(kind) as caught:
        available_models(at(endpoint))
    assert len(endpoint.requests) == 1
    said = "".join(traceback.format_exception(caught.value))
    assert KEY not in said
    assert "127.0.0.1" in str(caught.value)


def test_nobody_there():
    with pytest.raises(Unreachable, match="could not be reached"):
        available_models(Settings(api_key=KEY, base_url="http://127.0.0.1:9/v1"))


def drips(exchange):
    """A list that never ends, a byte at a time, so that no single wait is long."""
    exchange.begin()
    while not exchange.endpoint.stopping.is_set():
        exchange.raw(" ")
        time.sleep(0.02)


@pytest.mark.parametrize("behaviour", [server.stalls, drips])
def test_it_takes_no_longer_than_it_may(endpoint, behaviour):
    endpoint.play(behaviour)
    started = time.monotonic()
    with pytest.raises(ModelTimeout):
        model_ids(api_key=KEY, base_url=endpoint.base_url, seconds=0.3)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"[]", b"null", b'{"data": 1}', b'{"data": [1, {"id": 2}, {}]}', b"[" * 9999],
)
def test_what_is_no_list_of_models_is_none(body):
    assert ids_in(body) == ()


def test_ids_that_could_be_none_are_left_out():
    data = [{"id": "good"}, {"id": ""}, {"id": "x" * 201}, {"id": "a\u202eb"}]
    assert ids_in(json.dumps({"data": data}).encode()) == ("good",)


@pytest.mark.parametrize("key", ["sk-abc\n", "sk abc", "sk-…abc"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_told(key):
    with pytest.raises(ConfigError, match="the key holds") as caught:
        check_settings(Settings(api_key=key))
    assert key.strip() not in str(caught.value)
