"""A real HTTP server on loopback that speaks OpenAI's chat completions, well or badly."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Exchange"], None]


class Exchange:
    """One request, and ways to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, endpoint: Endpoint) -> None:
        self.handler = handler
        self.endpoint = endpoint
        length = int(handler.headers.get("content-length", 0))
        self.body = json.loads(handler.rfile.read(length) or b"{}")
        self.headers = {name.lower(): value for name, value in handler.headers.items()}

    def status(self, code: int, body: bytes, kind: str = "application/json", **headers: str):
        """A whole response."""
        self.handler.send_response(code)
        self.handler.send_header("content-type", kind)
        self.handler.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def error(self, code: int, message: str, **headers: str):
        """An error in OpenAI's shape."""
        body = json.dumps({"error": {"message": message, "type": "x", "code": "x"}}).encode()
        self.status(code, body, **headers)

    def begin(self, *, length: int | None = None):
        """The head of an event stream; with a length, ending early is a broken connection."""
        self.handler.send_response(200)
        self.handler.send_header("content-type", "text/event-stream; charset=utf-8")
        if length is not None:
            self.handler.send_header("content-length", str(length))
        self.handler.send_header("connection", "close")
        self.handler.end_headers()

    def raw(self, text: str):
        """Bytes of the stream, as they are."""
        self.handler.wfile.write(text.encode())
        self.handler.wfile.flush()

    def say(self, text: str | None = None, finish: str | None = None, **more: object):
        """One event."""
        delta = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.raw(f"data: {json.dumps({'choices': [choice], **more})}\n\n")

    def end(
        self,
        finish: str | None = "stop",
        *,
        usage: bool = True,
        done: bool = True,
        cost: object = None,
    ):
        """The end of a stream: finish reason, usage and perhaps what it cost, [DONE]."""
        if finish:
            self.say(finish=finish)
        if usage:
            counts = {"prompt_tokens": 11, "completion_tokens": 7}
            counts |= {} if cost is None else {"cost": cost}
            self.raw(f"data: {json.dumps({'choices': [], 'usage': counts})}\n\n")
        if done:
            self.raw("data: [DONE]\n\n")

    def stall(self, seconds: float = 20.0):
        """Says nothing until the client hangs up (which is noted) or the time is over."""
        end = time.monotonic() + seconds
        connection = self.handler.connection
        while time.monotonic() < end and not self.endpoint.stopping.is_set():
            readable, _, _ = select.select([connection], [], [], 0.02)
            if readable and not _peek(connection):
                self.endpoint.hung_up.set()
                return


def _peek(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1, socket.MSG_PEEK)
    except ConnectionError:
        return b""


class Endpoint:
    """The server's address, what it was asked, and what it does next."""

    def __init__(self) -> None:
        self.requests: list[Exchange] = []
        self.hung_up = threading.Event()
        self.stopping = threading.Event()
        self._behaviours: list[Behaviour] = [normal("Hello.")]
        self._lock = threading.Lock()
        self.base_url = ""

    def play(self, *behaviours: Behaviour) -> None:
        """One behaviour a request; the last one stays."""
        self._behaviours = list(behaviours)

    def answer(self, exchange: Exchange) -> None:
        """Called by the server for each request."""
        with self._lock:
            self.requests.append(exchange)
            more = len(self._behaviours) > 1
            behaviour = self._behaviours.pop(0) if more else self._behaviours[0]
        behaviour(exchange)


@contextmanager
def running() -> Iterator[Endpoint]:
    """An endpoint on a free port of loopback."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                endpoint.answer(Exchange(self, endpoint))
            except ConnectionError:
                endpoint.hung_up.set()
            self.close_connection = True

        do_GET = do_POST  # noqa: N815 - the name that the library calls

        def log_message(self, *args: object) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    endpoint.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield endpoint
    finally:
        endpoint.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def normal(text: str, **end: object) -> Behaviour:
    """Streams the text word by word."""

    def play(exchange: Exchange) -> None:
        exchange.begin()
        for word in text.split(" "):
            exchange.say(word + " ")
        exchange.end(**end)

    return play


def fails(code: int, message: str = "no", **headers: str) -> Behaviour:
    """An error response."""
    return lambda exchange: exchange.error(code, message, **headers)


def html(exchange: Exchange) -> None:
    """What a proxy or a wrong address says: 200, and a page."""
    exchange.status(200, b"<html><body>Welcome</body></html>", "text/html")


def whole(exchange: Exchange) -> None:
    """A server that can't stream."""
    message = {"role": "assistant", "content": "All at once."}
    choices = [{"message": message, "finish_reason": "stop"}]
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    exchange.status(200, json.dumps({"choices": choices, "usage": usage}).encode())


def stalls(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    exchange.stall()


def stalls_after_text(exchange: Exchange) -> None:
    """Stops between two tokens."""
    exchange.begin()
    exchange.say("Begun ")
    exchange.stall()


def drips(exchange: Exchange) -> None:
    """Keeps the connection busy with comments, and never says anything."""
    exchange.begin()
    while not exchange.endpoint.stopping.is_set():
        exchange.raw(": still here\n\n")
        time.sleep(0.02)


def is_cut(exchange: Exchange) -> None:
    """Ends cleanly in the middle: no finish reason, no [DONE]."""
    exchange.begin()
    exchange.say("Half a ")


def breaks(exchange: Exchange) -> None:
    """Breaks the connection in the middle."""
    exchange.begin(length=10_000)
    exchange.say("Half a ")


def malformed(exchange: Exchange) -> None:
    """An event that is no JSON."""
    exchange.begin()
    exchange.say("Fine ")
    exchange.raw("data: {not json\n\n")


def empty(exchange: Exchange) -> None:
    """A proper stream without any text."""
    exchange.begin()
    exchange.end()


def huge(exchange: Exchange) -> None:
    """Never stops."""
    exchange.begin()
    while not exchange.endpoint.stopping.is_set():
        exchange.say("word " * 100)


def error_event(exchange: Exchange) -> None:
    """An error object within the stream."""
    exchange.begin()
    exchange.raw('data: {"error": {"message": "out of memory"}}\n\n')


def too_long_beyond(characters: int, text: str = "Fine.", limit: int = 8_192) -> Behaviour:
    """Refuses messages of more characters than these, as OpenAI does."""

    def play(exchange: Exchange) -> None:
        if sum(len(message["content"]) for message in exchange.body["messages"]) <= characters:
            normal(text)(exchange)
            return
        message = (
            f"This model's maximum context length is {limit} tokens. However, your messages "
            "resulted in more. Please reduce the length of the messages."
        )
        error = {"message": message, "type": "x", "code": "context_length_exceeded"}
        exchange.status(400, json.dumps({"error": error}).encode())

    return play


def without(parameter: str, text: str = "Fine.") -> Behaviour:
    """Refuses a parameter by name."""

    def play(exchange: Exchange) -> None:
        if parameter in exchange.body:
            exchange.error(400, f"Unsupported parameter: '{parameter}'")
        else:
            normal(text)(exchange)

    return play
