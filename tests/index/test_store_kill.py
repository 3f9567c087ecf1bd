"""Killed at any moment, a store opens again with all that it acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.token_rows import stored_tokens
from tests.index.agreement import assert_agreement
from tests.index.papers import paper
from tests.index.telling import Telling

COUNT = 400
KILLS = 20


def _ingest(folder: Path, root: Path, kill_after: float | None) -> tuple[list[str], int]:
    """(ids acknowledged, exit status); killed so many seconds after the store was opened."""
    command = [sys.executable, "-m", "tests.index.ingest_slowly", str(folder), str(COUNT)]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[str] = []
    timer: threading.Timer | None = None
    for line in process.stdout:
        if line == "open\n" and kill_after is not None:
            timer = threading.Timer(kill_after, process.kill)
            timer.start()
        elif line.endswith("\n") and line.strip() not in ("", "open"):
            lines.append(line.strip())
    process.stdout.close()
    status = process.wait()
    if timer is not None:
        timer.cancel()
    return lines, status


@pytest.mark.slow
def test_twenty_kills_lose_nothing(folder: Path, project: Path) -> None:
    moments = random.Random(7)
    acknowledged: set[str] = set()
    killed = dirty = 0
    started = time.monotonic()
    while killed < KILLS and time.monotonic() - started < 200:
        # Early moments hit repairs, later ones writes; the ingest rarely ends before.
        lines, status = _ingest(folder, project, moments.uniform(0.0, 0.7))
        acknowledged.update(line for line in lines if line != "done")
        if status == -signal.SIGKILL:
            killed += 1
            dirty += (folder / "vectors" / "dirty").exists()
        if killed % 5 == 0 or "done" in lines:
            _assert_all_there(folder, acknowledged)
        if "done" in lines:  # go on with something to do
            with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
                gone = store.delete(sorted(acknowledged)[: COUNT // 2])
                acknowledged.difference_update(gone)
    assert killed == KILLS
    assert dirty, "no kill hit a write to Chroma: the moments are badly chosen"
    lines, status = _ingest(folder, project, None)
    assert (status, lines[-1]) == (0, "done")
    with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
        assert store.count() == COUNT
        assert_agreement(store)


def _assert_all_there(folder: Path, acknowledged: set[str]) -> None:
    """In the catalogue, with word pieces, found by vectors, and found by words."""
    with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
        there = store.get_many(sorted(acknowledged))
        assert set(there) == acknowledged
        fingerprint = Telling.token_fingerprint
        assert set(stored_tokens(store._catalogue, list(there), fingerprint)) == acknowledged
        for paper_id in acknowledged:
            number = int(paper_id.removeprefix("p"))
            assert there[paper_id] == paper(number)
            assert store.matching(f"marker{number}", 1)[0][0] == paper_id
        for stored in store.stored(list(there)):
            near = store.nearest(stored.vectors[0], 5)
            assert stored.chunks[0].id in [chunk_id for chunk_id, _ in near]
