"""The server's door: which scripts, hosts and addresses; no browser needed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json

import pytest

from index.errors import ConfigError
from ui.guards import KnownHosts, SecurityHeaders
from ui.policy import Policy
from ui.server import is_shared, listen

LOADER = 'const root = "http://127.0.0.1:80"; go(root);'


def document(*scripts: str, root: str = "http://127.0.0.1:80") -> str:
    config = json.dumps({"root": root, "text": "a\\u003cb"})
    given = (f"window.gradio_config = {config};", *scripts)
    return "<head>" + "".join(f"<script>{script}</script>" for script in given) + "</head>"


def digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@pytest.fixture
def policy() -> Policy:
    known = Policy()
    known.learn(document(LOADER, "mode = 1;"))
    return known


def test_the_servers_own_inline_scripts_are_allowed(policy):
    told = policy.of(document(LOADER, "mode = 1;")).decode()
    assert digest(LOADER) in told
    assert digest("mode = 1;") in told
    assert told.count("sha256-") == 3
    assert "'unsafe-inline'" not in told.partition("script-src")[2]


def test_a_loader_that_names_the_pages_other_address_is_the_same(policy):
    there = "https://papers.example.org"
    other = LOADER.replace("http://127.0.0.1:80", there)
    assert digest(other) in policy.of(document(other, root=there)).decode()


@pytest.mark.parametrize(
    "script",
    [
        "alert(1)",
        LOADER + "alert(1)",
        'window.x = "a"; alert(1);',
        "window.x = alert(1);",
        'window.x = {"a": alert(1)};',
        "window.gradio_config = {}; alert(1)",
        "",
    ],
)
def test_no_other_script_is_allowed(policy, script):
    assert digest(script) not in policy.of(document(script)).decode()


def test_a_page_without_scripts_allows_none(policy):
    assert b"sha256" not in policy.of("<p>x</p>")
    assert b"sha256" not in policy.of()


def test_scripts_from_files_need_no_hash(policy):
    assert b"sha256" not in policy.of('<script type="module" src="./x.js"></script>')


async def hello(scope, receive, send):
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        return
    body = document("mode = 1;").encode()
    start = {"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"A")]}
    await send(start)
    await send({"type": "http.response.body", "body": body[:9], "more_body": True})
    await send({"type": "http.response.body", "body": body[9:]})


def asked(app, path="/", host="127.0.0.1", server=("127.0.0.1", 80), kind="http"):
    """What the application sends for such a request."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    headers = [(b"host", host.encode()), (b"accept-encoding", b"br")]
    scope = {"type": kind, "method": "GET", "path": path, "headers": headers, "server": server}
    asyncio.run(app(scope, receive, send))
    return sent


def test_the_policy_is_learnt_from_what_is_sent_at_the_start():
    app = SecurityHeaders(hello)
    assert (
        digest("mode = 1;")
        not in dict(asked(app)[0]["headers"])[b"content-security-policy"].decode()
    )
    asked(app, kind="lifespan")
    start, body = asked(app)
    headers = dict(start["headers"])
    assert digest("mode = 1;") in headers[b"content-security-policy"].decode()
    assert headers[b"x-frame-options"] == b"DENY"
    assert body["body"].decode() == document("mode = 1;")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:7860", 200),
        ("10.0.0.7:7860", 200),
        ("[fe80::1]", 400),
        ("10.0.0.8", 400),
        ("papers.example.org", 200),
        ("PAPERS.example.org:1", 200),
        ("evil.example", 400),
        ("", 400),
    ],
)
def test_a_host_is_the_servers_name_or_the_address_that_was_come_to(host, status):
    app = KnownHosts(hello, ["papers.example.org"])
    assert asked(app, host=host, server=("10.0.0.7", 7860))[0]["status"] == status


def test_a_name_is_not_known_for_being_the_servers_address():
    app = KnownHosts(hello)
    assert asked(app, host="unix.sock", server=("unix.sock", None))[0]["status"] == 400


def test_others_may_be_served_with_accounts_only():
    with pytest.raises(ConfigError, match="--auth"), listen("0.0.0.0", None):
        pass
    with listen("0.0.0.0", None, accounts=True) as socket:
        assert socket.getsockname()[0] == "0.0.0.0"


@pytest.mark.parametrize(
    ("host", "shared"),
    [("localhost", False), ("127.0.0.1", False), ("::1", False), ("0.0.0.0", True), ("::", True)],
)
def test_which_addresses_are_shared(host, shared):
    assert is_shared(host) is shared
