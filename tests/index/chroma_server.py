"""A real Chroma server on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """Its address, while it runs."""
    port = _free_port()
    log = (folder / "server.log").open("w")
    command = [*_chroma(), "run", "--path", str(folder / "data"), "--host", "127.0.0.1"]
    # One thread builds the graph, as in index.vectors: several may lose a vector now and then.
    surroundings = {**os.environ, "RAYON_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=log, stderr=log, env=surroundings
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, folder / "server.log")
        yield url
    finally:
        process.kill()
        process.wait()
        log.close()


def forget_collections(url: str) -> None:
    """Leave the server as new."""
    collections = f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    with httpx.Client(trust_env=False) as client:
        for collection in client.get(collections).raise_for_status().json():
            client.delete(f"{collections}/{collection['name']}").raise_for_status()


def _chroma() -> list[str]:
    beside = Path(sys.executable).with_name("chroma")
    found = str(beside) if beside.exists() else shutil.which("chroma")
    assert found, "chromadb's command chroma is not installed"
    return [found]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/api/v2/heartbeat", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the Chroma server did not start: {log.read_text()[-2000:]}")
