"""One attempt at a chat-completion stream, read on a thread of its own.

The consumer never waits longer than it wants to, and can hang up at any moment, whatever the
server does: also before the server has answered, and between two bytes of a line.
"""

from __future__ import annotations

import json
import math
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast


class ByteStream(Protocol):
    """The part of an HTTP response that is read here."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    def iter_lines(self) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event of the stream says; parts that it doesn't mention are empty."""

    text: str = ""
    finish_reason: str = ""
    usage: tuple[int, int] | None = None
    refusal: str = ""
    cost: float | None = None  # in US dollars, where the endpoint reports it


@dataclass(frozen=True, slots=True)
class Closed:
    """The stream is over. ``done`` says whether the server said so itself ("[DONE]")."""

    done: bool
    content_type: str
    events: int


class MalformedEvent(ValueError):
    """An event that is no JSON object."""


class ServerSaysError(Exception):
    """An error object in the middle of the stream."""


Item = Delta | Closed | Exception | None


class Attempt:
    """One request. ``items`` yields Deltas, then one Closed or one exception; None wakes."""

    def __init__(
        self, open_stream: Callable[[Attempt], AbstractContextManager[ByteStream]]
    ) -> None:
        self._open = open_stream
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._over = False
        self.items: queue.Queue[Item] = queue.Queue(maxsize=256)
        threading.Thread(target=self._read, name="paperchat-model", daemon=True).start()

    def connected(self, connection: socket.socket) -> None:
        """Takes the connection as soon as there is one, so that it can be hung up."""
        with self._lock:
            self._socket = connection
            over = self._over
        if over:
            self.hang_up()

    def hang_up(self) -> None:
        """Ends the connection at once. Closing alone would not: the reader still waits on it."""
        with self._lock:
            self._over = True
            connection = self._socket
        if connection is not None:
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)

    def wake(self) -> None:
        """Makes a waiting consumer look up."""
        with suppress(queue.Full):  # then it isn't waiting
            self.items.put_nowait(None)

    def _read(self) -> None:
        try:
            with self._open(self) as response:
                for item in read_events(response):
                    if not self._put(item):
                        return
        except Exception as error:  # noqa: BLE001 - handed to the consumer, who raises it
            self._put(error)

    def _put(self, item: Item) -> bool:
        """False where nobody listens any more."""
        while not self._over:
            with suppress(queue.Full):
                self.items.put(item, timeout=0.1)
                return True
        return False


def read_events(response: ByteStream) -> Iterator[Delta | Closed]:
    """The events of a chat-completion stream, or of a whole reply where the server can't stream.

    Raises MalformedEvent and ServerSaysError.
    """
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        body = _json("\n".join(response.iter_lines()))
        yield _delta(body, "message")
        yield Closed(True, content_type, 1)
        return
    if content_type == "text/html":
        yield Closed(False, content_type, 0)
        return
    events = 0
    for line in response.iter_lines():
        name, _, value = line.partition(":")
        if name != "data":
            continue
        if value.strip() == "[DONE]":
            yield Closed(True, content_type, events)
            return
        events += 1
        yield _delta(_json(value), "delta")
    yield Closed(False, content_type, events)


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedEvent(f"an event is no JSON: {text[:80]!r}") from error
    if not isinstance(value, dict):
        raise MalformedEvent(f"an event is no JSON object: {text[:80]!r}")
    return value


def _delta(event: dict[str, Any], part: str) -> Delta:
    if error := event.get("error"):
        message = error.get("message") if isinstance(error, dict) else error
        raise ServerSaysError(str(message)[:500])
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else {}
    choice = choice if isinstance(choice, dict) else {}
    said = choice.get(part)
    said = said if isinstance(said, dict) else {}
    return Delta(
        _string(said.get("content")),
        _string(choice.get("finish_reason")),
        _usage(event.get("usage")),
        _string(said.get("refusal")),
        _cost(event.get("usage")),
    )


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _usage(value: object) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        return None
    counts = [
        cast("dict[str, object]", value).get(k) for k in ("prompt_tokens", "completion_tokens")
    ]
    prompt, completion = (c if isinstance(c, int) and c >= 0 else 0 for c in counts)
    return prompt, completion


def _cost(value: object) -> float | None:
    cost = cast("dict[str, object]", value).get("cost") if isinstance(value, dict) else None
    if not isinstance(cost, int | float) or isinstance(cost, bool):
        return None
    return float(cost) if math.isfinite(cost) and cost >= 0 else None
