"""The page over a folder of runs, as a program: ``python -m tests.ui.runs.page FOLDER``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path


@contextmanager
def served_runs(folder: Path) -> Iterator[str]:
    """A page in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.ui.runs.page", str(folder)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        command, text=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        process.stdout.close()


def main() -> None:
    """Serves until interrupted."""
    from tests.ui.asker import INFO, ScriptedAsker
    from ui.site import Site
    from ui.web import serve_page

    site = replace(Site.of(ScriptedAsker(), INFO), runs=Path(sys.argv[1]))
    serve_page(site, open_browser=False, ready=lambda address: print(address, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
