"""What holds for every test: no key, no user folder, no connection beyond loopback."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LOCAL_NAMES = {"localhost", "", None}


class ConnectionRefused(BaseException):
    """A test tried to leave the machine. Not an Exception, so that no code can swallow it."""


def _refuse_to_leave(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):  # a Unix socket
        return
    host = address[0]
    if host in LOCAL_NAMES:
        return
    try:
        local = ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ConnectionRefused(f"a test opens a connection to {address}")


sys.addaudithook(_refuse_to_leave)


@pytest.fixture(autouse=True)
def _clean_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> None:
    """No settings from the developer's shell, and user folders of the test's own."""
    for name in list(os.environ):
        if name.startswith(("PAPERCHAT_", "OPENAI_")) and name != "PAPERCHAT_CHROMIUM":
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("HTTP_PROXY", "")
    monkeypatch.setenv("NO_PROXY", "*")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser tests out where there is no Chromium, but never in CI, and say so."""
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if not wanted:
        return
    from tests.ui.chromium import find_chromium

    if find_chromium() is not None or os.environ.get("CI"):
        return
    config.stash[_LEFT_OUT] = len(wanted)
    items[:] = [item for item in items if item not in wanted]


_LEFT_OUT = pytest.StashKey[int]()


@pytest.hookimpl(hookwrapper=True)
def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> Iterator[None]:
    yield
    if left_out := config.stash.get(_LEFT_OUT, 0):
        message = f"{left_out} browser tests LEFT OUT: no Chromium was found"
        terminalreporter.write_line(f"\n*** {message} ***", red=True, bold=True)


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).parent.parent
