"""How long the page takes from the command to a box that one can type in.

    python -m evals.bench.page_start --store STORE [--runs 5] [--cached]

Starts ``paperchat chat`` over a store that is filled, opens the page in a Chromium that runs
already, and waits until the question's box is there and editable. Reports the seconds to the
server's first word and to that, and the processor's seconds that the server took until then:
where other work shares the machine, those are what can be compared. ``--cached`` keeps compiled
modules in a folder of its own, as an installation by pip has them, where the environment says not
to write them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from statistics import median

import psutil
from playwright.sync_api import Browser, sync_playwright

COMMAND = [sys.executable, "-c", "from ui.cli import main; main()", "chat", "--no-browser"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]


def start(store: str, browser: Browser, env: Mapping[str, str]) -> tuple[float, float, float]:
    """Seconds to the address, to the editable box, and of the processor until then."""
    began = time.monotonic()
    with subprocess.Popen(
        [*COMMAND, "--store", store], env=dict(env), stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            said = ""
            while not (address := re.search(r"http://\S+?(?=;)", said)):
                line = server.stderr.readline()
                if not line:
                    raise SystemExit(f"the page did not start: {said}")
                said += line
            ready = time.monotonic() - began
            page = browser.new_page()
            page.goto(address[0])
            page.wait_for_selector("#pc-box textarea:enabled", timeout=60_000)
            shown = time.monotonic() - began
            times = psutil.Process(server.pid).cpu_times()
            page.close()
            return ready, shown, times.user + times.system
        finally:
            server.terminate()


def main() -> None:
    """Prints a line a run, then the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cached", action="store_true")
    given = parser.parse_args()
    env = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        if given.cached:
            env.pop("PYTHONDONTWRITEBYTECODE", None)
            env["PYTHONPYCACHEPREFIX"] = folder
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        start(given.store, browser, env)  # warms the disk's cache, and what is compiled
        runs = []
        for _ in range(given.runs):
            runs.append(start(given.store, browser, env))
            print("address {:.2f} s, box {:.2f} s, processor {:.2f} s".format(*runs[-1]))
        browser.close()
    middle = [median(column) for column in zip(*runs, strict=True)]
    print("median: address {:.2f} s, box {:.2f} s, processor {:.2f} s".format(*middle))
    print(f"best box: {min(shown for _, shown, _ in runs):.2f} s")


if __name__ == "__main__":
    main()
