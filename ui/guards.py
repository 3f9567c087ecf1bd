"""What every request passes on its way to the page. Pure ASGI, so that streams stay streams."""

from __future__ import annotations

import contextlib
import socket as net
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from ui.policy import Policy

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 256 * 1024
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_POLICY = b"content-security-policy"


class SecurityHeaders:
    """Adds the headers to every answer; the page's policy allows the page's own inline scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._policy = Policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._learning(send))
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/":
            page = _Whole(send, self._policy)
            await self._app(_plain(scope), receive, page.send)
        else:
            await self._app(scope, receive, self._guarded(send))

    def _guarded(self, send: Send) -> Send:
        policy = self._policy.of()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = with_headers(message, policy)
            await send(message)

        return guarded

    def _learning(self, send: Send) -> Send:
        async def learning(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._policy.learn(await _own_page(self._app))
            await send(message)

        return learning


class _Whole:
    """Holds an answer back until it is whole, since its policy depends on what it says."""

    def __init__(self, send: Send, policy: Policy) -> None:
        self._send = send
        self._policy = policy
        self._start: Message = {}
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        policy = self._policy.of(self._body.decode("utf-8", "replace"))
        await self._send(with_headers(self._start, policy))
        await self._send({"type": "http.response.body", "body": bytes(self._body)})


def with_headers(start: Message, policy: bytes) -> Message:
    """The start of an answer, with our headers in place of its own."""
    ours = (*_HEADERS, (_POLICY, policy))
    names = {name for name, _ in ours}
    kept = [pair for pair in start.get("headers", []) if pair[0].lower() not in names]
    return {**start, "headers": [*kept, *ours]}


def _plain(scope: Scope) -> Scope:
    """The request for an answer that is not compressed."""
    headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": headers}


async def _own_page(app: ASGIApp) -> str:
    """The page as the application sends it to a visitor who is not known."""
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return body.decode("utf-8", "replace")


class BodyLimit:
    """Refuses requests that bring more than a question can need; uploads have Gradio's limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].endswith("/upload"):
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        chunked = b"transfer-encoding" in dict(scope["headers"])
        if chunked or not length.isdigit() or int(length) > MAX_BODY:
            await refuse(send, 413, "The request is too large.")
            return
        await self._app(scope, receive, send)


class KnownHosts:
    """Refuses requests for a host name that is not the server's.

    Known are this machine's own names, the given ones, and the address that the request came to.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = {"127.0.0.1", "localhost", "::1", *(name.casefold() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._known(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(send, 400, "This host name is not the server's.")

    def _known(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"host", b"").decode("latin-1").casefold()
        name = given[1:].partition("]")[0] if given.startswith("[") else given.partition(":")[0]
        came_to = (scope.get("server") or ("",))[0]
        return name in self._names or (_is_address(name) and name == came_to)


def own_names() -> set[str]:
    """The names that others on the network may know this machine by."""
    names = {net.gethostname()}
    with contextlib.suppress(OSError):
        names.add(net.getfqdn())
    return {*names, *(f"{name}.local" for name in names if name and "." not in name)} - {""}


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


async def refuse(
    send: Send, status: int, why: str, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Answers with this status and a line of text."""
    told = [(b"content-type", b"text/plain; charset=utf-8"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
