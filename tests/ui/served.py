"""A page in a process of its own, as users run it; it tells on stdout what reaches the assistant.

As a program: ``python -m tests.ui.served papers|empty``.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Served:
    """A running page: its address, and what its assistant is asked and told."""

    def __init__(self, *what: str, module: str = "tests.ui.served") -> None:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-m", module, *what]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        self._process = subprocess.Popen(command, text=True, env=environment, **pipes)
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        self._errors: list[str] = []
        self._readers = [threading.Thread(target=read) for read in (self._listen, self._collect)]
        for reader in self._readers:
            reader.start()
        self.address: str = self.wait("ready", timeout=60)["ready"]

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._told.put(json.loads(line))

    def _collect(self) -> None:
        assert self._process.stderr is not None
        self._errors.extend(self._process.stderr)

    def forget(self) -> None:
        """Drops what was told so far."""
        while not self._told.empty():
            self._told.get()

    def wait(self, key: str, timeout: float = 10) -> dict[str, Any]:
        """The next thing told that has this key; queue.Empty where none comes."""
        while True:
            told = self._told.get(timeout=timeout)
            if key in told:
                return told

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C; the exit code and all of stderr."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(timeout=20)
        self.close()
        return code, "".join(self._errors)

    def close(self) -> None:
        """Ends the process, gently where it still runs."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
        for reader in self._readers:
            reader.join(timeout=5)
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()


@contextmanager
def served(*what: str, module: str = "tests.ui.served") -> Iterator[Served]:
    """A page over the scripted assistant: "papers" or "empty"; or the one of another program."""
    page = Served(*what, module=module)
    try:
        yield page
    finally:
        page.close()


def main() -> None:
    """Serves until interrupted."""
    from tests.ui.asker import EMPTY, INFO, ScriptedAsker
    from ui.site import Site
    from ui.web import serve_page

    def tell(**what: object) -> None:
        print(json.dumps(what), flush=True)  # noqa: T201

    info = {"papers": INFO, "empty": EMPTY}[sys.argv[1]]
    asker = ScriptedAsker(tell=tell)
    serve_page(Site.of(asker, info), open_browser=False, ready=lambda address: tell(ready=address))


if __name__ == "__main__":
    main()
