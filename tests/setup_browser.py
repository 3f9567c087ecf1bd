"""Find a Chromium for the browser tests, or install one where that is possible.

    python -m tests.setup_browser

As root on Debian it is apt's; elsewhere Playwright's own download. Where neither works the
browser tests are left out, loudly; in CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.ui.chromium import find_chromium

APT = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"])
PLAYWRIGHT = ([sys.executable, "-m", "playwright", "install", "chromium"],)


def _can_use_apt() -> bool:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return root and shutil.which("apt-get") is not None


def _install(commands: tuple[list[str], ...]) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        print("setup_browser:", " ".join(command[-3:]), file=sys.stderr)
        done = subprocess.run(
            command, env=os.environ | quiet, stdout=subprocess.DEVNULL, check=False, timeout=900
        )
        if done.returncode:
            return


def main() -> int:
    """0 where a Chromium is there in the end, or where doing without is allowed."""
    if find_chromium() is None:
        _install(APT if _can_use_apt() else PLAYWRIGHT)
    found = find_chromium()
    if found:
        print(f"setup_browser: {found}", file=sys.stderr)
        return 0
    print(
        "\n*** NO CHROMIUM: THE BROWSER TESTS WILL BE LEFT OUT ***\n"
        "Install Chromium, or name one in PAPERCHAT_CHROMIUM, and run the tests again.\n",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
