"""The web server behind the page: loopback only, with the headers that Gradio leaves out."""

from __future__ import annotations

import contextlib
import logging
import socket as net
import threading
import webbrowser
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from index.errors import ConfigError

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PORT = 7860
_TRIES = 50
_MAX_BODY = 256 * 1024

# Gradio's templates need eval; scripts, images, fonts and connections of other hosts stay out.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


@contextlib.contextmanager
def listen(host: str, port: int | None) -> Iterator[net.socket]:
    """A socket that is bound and closed at the end. Without a port: 7860 or the next free one.

    Raises ConfigError for a host beyond this machine, and for a port that can't be had.
    """
    address = _loopback(host)
    family = net.AF_INET6 if ":" in address else net.AF_INET
    wanted = [port] if port is not None else [*range(PORT, PORT + _TRIES), 0]
    for candidate in wanted:
        with contextlib.closing(net.socket(family, net.SOCK_STREAM)) as bound:
            bound.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, 1)
            try:
                bound.bind((address, candidate))
                bound.listen(128)
            except (OSError, OverflowError) as error:
                if port is None:
                    continue
                message = f"port {port} of {host} can't be had: {error}"
                raise ConfigError(f"{message}; name another with --port, or none") from error
            yield bound
            return
    raise ConfigError(f"no port of {host} is free between {PORT} and {PORT + _TRIES}")


def _loopback(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host.strip("[]"))
    except ValueError as error:
        raise ConfigError(f"not an address of this machine: {host!r}; use 127.0.0.1") from error
    if not address.is_loopback:
        message = f"{host} can be reached from other machines, and the page has no accounts"
        raise ConfigError(f"{message}; use 127.0.0.1")
    return str(address)


def build_app(page: gr.Blocks, host: str = "127.0.0.1", port: int = PORT) -> FastAPI:
    """The page as an ASGI application, guarded."""
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from ui.page import mount

    app = FastAPI(title="paperchat", docs_url=None, redoc_url=None, openapi_url=None)
    mount(app, page, host, port)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    names = ["127.0.0.1", "localhost", "[::1]", host]
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)
    return app


def run(
    page: gr.Blocks,
    socket: net.socket,
    *,
    open_browser: bool,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serves the page on the socket until it is interrupted."""
    import uvicorn

    host, port = socket.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    # What a page that is still open would keep waiting for is cut off after a second.
    config = uvicorn.Config(
        build_app(page, host, port), log_level="warning", timeout_graceful_shutdown=1
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[net.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.started:
                return
            if ready is not None:
                ready(url)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        async def shutdown(self, sockets: list[net.socket] | None = None) -> None:
            # Each open page's connection is cut off now, which uvicorn would report as an error.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
            await super().shutdown(sockets)

    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[socket])


class SecurityHeaders:
    """Adds the headers to every answer; pure ASGI, so that streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in _HEADERS}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
                message["headers"] = [*kept, *_HEADERS]
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


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
        if chunked or not length.isdigit() or int(length) > _MAX_BODY:
            start = {"type": "http.response.start", "status": 413}
            await send({**start, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"The request is too large.\n"})
            return
        await self._app(scope, receive, send)
