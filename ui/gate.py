"""The gate of a page with accounts: who has not logged in gets the login page and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from index.errors import ConfigError
from ui.guards import MAX_BODY, refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ui.accounts import Accounts

TRIES, PAUSE = 5, 300.0
"""So many wrong passwords from one address; then none is looked at for so many seconds."""

_FAILURE_TAKES = 0.5  # seconds
_AT_ONCE = 2  # passwords that are hashed at the same time, 32 MiB each
_ADDRESSES = 10_000
_SESSIONS = 1_000  # of one account
_LOGIN = ("/login", "/login/")
_LOGOUT = "/logout"  # ends all visits of the account, though it is a GET
_OPEN = re.compile(r"/(?:(?:assets|static|svelte)/[\w./-]*|theme\.css|favicon\.ico|robots\.txt)?")
_IN_PATH = re.compile(r".*/(?:heartbeat|stream)/([^/]+)(?:/.*)?")
_log = logging.getLogger(__name__)

WhoIs = Callable[[Mapping[str, str]], str | None]
"""The account that a visitor with these cookies has logged in with."""


def checker(accounts: Accounts) -> Callable[[str, str], Awaitable[bool]]:
    """What Gradio asks of each login: off the event loop, few at once, wrong ones slowly."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def check(name: str, password: str) -> bool:
        try:
            async with turns:
                if await asyncio.to_thread(accounts.check, name, password):
                    return True
        except ConfigError as error:
            _log.error("nobody can log in: %s", error)
        await asyncio.sleep(_FAILURE_TAKES)
        return False

    return check


class Tries:
    """How often each address tried in vain. An IPv6 visitor has a network of 64 bits."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._made: OrderedDict[str, deque[float]] = OrderedDict()

    def pause(self, address: str) -> float:
        """Seconds until this address may try again; with 0 this counts as a try."""
        made = self._made.setdefault(_network(address), deque())
        self._made.move_to_end(_network(address))
        while len(self._made) > _ADDRESSES:
            self._made.popitem(last=False)
        now = self._now()
        while made and made[0] <= now - PAUSE:
            made.popleft()
        if len(made) >= TRIES:
            return made[0] + PAUSE - now
        made.append(now)
        return 0.0

    def forgive(self, address: str) -> None:
        """The address brought a right password."""
        self._made.pop(_network(address), None)


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


class Owners:
    """Whose each of Gradio's sessions is: of the account that came with it first."""

    def __init__(self) -> None:
        self._owner: dict[str, str] = {}
        self._held: dict[str, deque[str]] = {}

    def allows(self, user: str, session: str) -> bool:
        """Whether the session is this user's, or now becomes it."""
        known = self._owner.setdefault(session, user)
        if known != user:
            return False
        held = self._held.setdefault(user, deque())
        if session not in held:
            held.append(session)
            if len(held) > _SESSIONS:
                self._owner.pop(held.popleft(), None)
        return True


class Gate:
    """Lets in who has logged in, each to their own sessions; all others to the login page."""

    def __init__(self, app: ASGIApp, *, who: WhoIs, accounts: Accounts) -> None:
        self._app = app
        self._who = who
        self._accounts = accounts
        self._tries = Tries()
        self._owners = Owners()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            return  # Gradio has no use for web sockets: the server closes them
        elif dict(scope["headers"]).get(b"sec-fetch-site") == b"cross-site" and _acts(scope):
            await refuse(send, 403, "Another site may not do this.")
        elif scope["path"] in _LOGIN and scope["method"] == "POST":
            await self._login(scope, receive, send)
        elif user := self._user(scope):
            await self._inside(user, scope, receive, send)
        elif _is_open(scope["path"]) and not _changes(scope):
            await self._app(_stranger(scope), receive, send)
        else:
            await refuse(send, 401, "Log in first.")

    def _user(self, scope: Scope) -> str | None:
        from starlette.requests import HTTPConnection

        user = self._who(HTTPConnection(scope).cookies)
        try:
            return user if user is not None and user in self._accounts else None
        except ConfigError as error:
            _log.error("nobody is let in: %s", error)
            return None

    async def _login(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = (scope.get("client") or ("",))[0]
        pause = self._tries.pause(address)
        if pause:
            wait = [(b"retry-after", str(int(pause) + 1).encode())]
            await refuse(send, 429, "Too many tries; wait a few minutes.", wait)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == 200:
                    self._tries.forgive(address)
                message = {**message, "headers": [_at_home(pair) for pair in message["headers"]]}
            await send(message)

        await self._app(_stranger(scope), receive, watched)

    async def _inside(self, user: str, scope: Scope, receive: Receive, send: Send) -> None:
        sessions = _named(scope)
        if _changes(scope) and not scope["path"].endswith("/upload"):
            if dict(scope["headers"]).get(b"content-type", b"").startswith(b"multipart/"):
                await refuse(send, 415, "Only uploads come in parts.")  # a session could hide there
                return
            body = await _whole(receive)
            sessions |= _named_in(body)
            receive = _again(body, receive)
        if all(self._owners.allows(user, session) for session in sessions):
            await self._app(scope, receive, send)
        else:
            await refuse(send, 403, "This is somebody else's session.")


def _is_open(path: str) -> bool:
    """Whether the login page, or what it is made of, is there."""
    return bool(_OPEN.fullmatch(path)) and ".." not in path


def _acts(scope: Scope) -> bool:
    return _changes(scope) or scope["path"].rstrip("/") == _LOGOUT


def _changes(scope: Scope) -> bool:
    return scope["method"] not in ("GET", "HEAD")


def _stranger(scope: Scope) -> Scope:
    """The request as one of somebody unknown, who has no cookies and asks for nothing special."""
    headers = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
    return {**scope, "headers": headers, "query_string": b""}


def _at_home(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """The header; a cookie only goes along with what the page itself asks for."""
    name, value = header
    if name.lower() != b"set-cookie":
        return header
    return name, re.sub(rb"(?i)samesite=none", b"SameSite=lax", value)


def _named(scope: Scope) -> set[str]:
    """The sessions that a request's address names."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    inside = _IN_PATH.fullmatch(scope["path"])
    return {*query.get("session_hash", ()), *([inside[1]] if inside else ())}


def _named_in(body: bytes) -> set[str]:
    """The session that a request's JSON names."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return set()
    session = value.get("session_hash") if isinstance(value, dict) else None
    return {session} if isinstance(session, str) else set()


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while len(body) <= MAX_BODY:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Brings a body that was read once more; then what comes after it."""
    given: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return given.pop() if given else await receive()

    return again
