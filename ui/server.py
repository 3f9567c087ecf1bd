"""The web server behind the page: this machine only, unless there are accounts."""

from __future__ import annotations

import contextlib
import logging
import re
import socket as net
import threading
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

from index.errors import ConfigError
from ui.gate import Gate, checker
from ui.guards import BodyLimit, KnownHosts, SecurityHeaders, own_names

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from ui.accounts import Accounts

PORT = 7860
_TRIES = 50
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?")


@contextlib.contextmanager
def listen(host: str, port: int | None, *, accounts: bool = False) -> Iterator[net.socket]:
    """A socket that is bound and closed at the end. Without a port: 7860 or the next free one.

    Raises ConfigError for a host beyond this machine on a page without accounts, and for a port
    that can't be had.
    """
    address = _address(host, accounts=accounts)
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


def check_host(host: str, *, accounts: bool) -> None:
    """Raises ConfigError where the page may not be served there."""
    _address(host, accounts=accounts)


def check_names(names: Iterable[str], *, accounts: bool) -> None:
    """Raises ConfigError for what is no host name, and for any on a page without accounts: whoever
    comes to it by a name comes from elsewhere."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"not a host name: {name[:80]!r}; give it as in papers.example.org, "
                "without https:// and without a port"
            )
        if not accounts:
            message = f"visitors of {name} come from other machines, and the page has no accounts"
            raise ConfigError(f"{message}; make accounts and start it with --auth")


def is_shared(host: str) -> bool:
    """Whether other machines can reach what is served there."""
    return not ip_address(_address(host, accounts=True)).is_loopback


def _address(host: str, *, accounts: bool) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host.strip("[]"))
    except ValueError as error:
        raise ConfigError(f"not an address of this machine: {host!r}; use 127.0.0.1") from error
    if not (address.is_loopback or accounts):
        message = f"{host} can be reached from other machines, and the page has no accounts"
        raise ConfigError(f"{message}; use 127.0.0.1, or make accounts and start it with --auth")
    return str(address)


def build_app(
    page: gr.Blocks,
    host: str = "127.0.0.1",
    port: int = PORT,
    accounts: Accounts | None = None,
    names: Iterable[str] = (),
) -> FastAPI:
    """The page as an ASGI application, guarded; ``names`` are further host names that it has."""
    from fastapi import FastAPI

    from ui.page import mount

    app = FastAPI(title="paperchat", docs_url=None, redoc_url=None, openapi_url=None)
    who = mount(app, page, host, port, check=checker(accounts) if accounts else None)
    if accounts is not None:
        app.add_middleware(Gate, who=who, accounts=accounts)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(KnownHosts, names={host, *names, *(own_names() if accounts else ())})
    return app


def run(
    page: gr.Blocks,
    socket: net.socket,
    *,
    open_browser: bool,
    ready: Callable[[str], None] | None = None,
    accounts: Accounts | None = None,
    names: Iterable[str] = (),
) -> None:
    """Serves the page on the socket until it is interrupted."""
    import uvicorn

    host, port = socket.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    # What a page that is still open would keep waiting for is cut off after a second.
    config = uvicorn.Config(
        build_app(page, host, port, accounts, names),
        log_level="warning",
        timeout_graceful_shutdown=1,
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
