"""Answers off the event loop, cancelled, and without any connection."""

import asyncio
import socket
import sys
import threading
import time

import pytest

from index.errors import ConfigError
from rag.assistant import Assistant
from rag.models.openai import OpenAIChatModel
from rag.settings import Settings
from rag.types import Token
from tests import endpoint as server
from tests.rag.answers import QUESTION


def test_aask_gives_the_same_answer(scripted):
    assistant = scripted({"reply": "Refusals fall by 52% [{{best}}]."})
    answer = asyncio.run(assistant.aask(QUESTION))
    assert answer.text == assistant.ask(QUESTION).text


def test_errors_come_through_the_event_loop(extractive):
    with pytest.raises(ConfigError):
        asyncio.run(extractive.aask(""))


@pytest.mark.parametrize("behaviour", [server.stalls, server.stalls_after_text])
def test_cancelling_a_task_hangs_up_on_the_model(index, behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(index, model, Settings())

        async def scenario():
            task = asyncio.create_task(assistant.aask(QUESTION))
            while not (endpoint.requests or task.done()):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        started = time.monotonic()
        asyncio.run(scenario())
        assert endpoint.hung_up.wait(2)
        assert time.monotonic() - started < 5


def test_closing_the_stream_hangs_up_on_the_model(index):
    with server.running() as endpoint:
        endpoint.play(server.stalls_after_text)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        stream = Assistant(index, model, Settings()).stream(QUESTION)
        for event in stream:
            if isinstance(event, Token):
                break
        stream.close()
        assert endpoint.hung_up.wait(2)


def test_the_loop_is_not_blocked_while_a_model_waits(index):
    with server.running() as endpoint:
        endpoint.play(lambda exchange: (exchange.stall(0.3), server.normal("x")(exchange)))
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(index, model, Settings())

        async def scenario():
            task = asyncio.create_task(assistant.aask(QUESTION))
            ticks = 0
            while not task.done():
                await asyncio.sleep(0.01)
                ticks += 1
            return ticks

        assert asyncio.run(scenario()) > 10


_connections: list[object] = []
_watching = threading.Event()


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching.is_set() and event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        _connections.append((event, arguments[1:]))


def test_nothing_connects_without_a_language_model(extractive):
    sys.addaudithook(_watch)
    _watching.set()
    try:
        extractive.ask(QUESTION)
        assert _connections == []
        with socket.socket() as probe:  # the hook does see connections
            probe.settimeout(0.1)
            probe.connect_ex(("127.0.0.1", 9))
        assert len(_connections) == 1
    finally:
        _watching.clear()
        _connections.clear()
