"""Nothing that we load keeps an identifier or a queue of events to send."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from index.embedding import load_embedder
from index.store import PaperIndex
from index.types import Paper
import sys
with PaperIndex.open(sys.argv[1], embedder=load_embedder("minilm")) as index:
    index.add([Paper("a", "Kites", "Kites fly in wind. They need a line.")])
    assert index.search("kites")
"""


def test_the_home_folder_stays_empty(tmp_path: Path) -> None:
    """onnxruntime keeps a device id and its events there unless it is told not to."""
    home = tmp_path / "home"
    home.mkdir()
    quiet = {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"}
    kept = {name: value for name, value in os.environ.items() if name not in quiet}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "store")]
    subprocess.run(command, check=True, env=kept | {"HOME": str(home)}, timeout=120)
    assert list(home.rglob("*")) == []
