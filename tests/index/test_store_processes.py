"""Several processes on one store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import IndexNotReady
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.index.agreement import assert_agreement
from tests.index.papers import paper, papers

WRITER = """
import sys
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.index.papers import paper
with PaperIndex.open(sys.argv[1], embedder=HashEmbedder()) as store:
    for line in sys.stdin:
        verb, number = line.split()
        if verb == "add":
            store.add([paper(int(number))])
        elif verb == "change":
            store.add([paper(int(number), version=1)])
        else:
            store.delete([f"p{number}"])
        sys.stdout.write("ok\\n")
        sys.stdout.flush()
"""

HOLDER = """
import sys
from index.lock import writing
from pathlib import Path
with writing(Path(sys.argv[1]), wait=0):
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    sys.stdin.readline()
"""


class Process:
    """A Python process that is told what to do line by line."""

    def __init__(self, code: str, folder: Path, root: Path) -> None:
        command = [sys.executable, "-c", code, str(folder)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe, text=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    def say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate()


def test_a_reader_sees_what_a_writer_does_after_it_was_opened(folder: Path, project: Path) -> None:
    with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
        store.add(papers(10))
        assert store.search("marker1 marker1v0", 1)[0].paper == paper(1)
        writer = Process(WRITER, folder, project)
        for say, found in (("add 77", "marker77v0"), ("change 3", "marker3v1")):
            writer.say(say)
            assert writer.hear() == "ok"
            number = int(say.split()[1])
            best = store.search(f"{found} {found} marker{number}", 1)[0].paper
            assert best.id == f"p{number}"
            assert store.matching(found, 1)[0][0] == best.id
            assert_agreement(store)
        writer.say("delete 1")
        assert writer.hear() == "ok"
        assert all(hit.paper.id != "p1" for hit in store.search("marker1 marker1v0", 20))
        assert store.matching("marker1", 1) == []
        assert_agreement(store)
        writer.end()


def test_two_readers_in_one_process_both_see_another_processs_writes(
    folder: Path, project: Path
) -> None:
    with (
        PaperIndex.open(folder, embedder=HashEmbedder()) as first,
        PaperIndex.open(folder, embedder=HashEmbedder()) as second,
    ):
        first.add(papers(10))
        assert second.search("marker1 marker1v0", 1)[0].paper == paper(1)
        writer = Process(WRITER, folder, project)
        writer.say("add 77")
        assert writer.hear() == "ok"
        for store in (first, second):
            assert store.search("marker77v0 marker77", 1)[0].paper == paper(77)
        writer.end()


def test_a_second_writer_is_told_who_the_first_is(folder: Path, project: Path) -> None:
    with PaperIndex.open(folder, embedder=HashEmbedder(), lock_wait=0.1) as store:
        store.add(papers(5))
        holder = Process(HOLDER, folder, project)
        assert holder.hear() == "held"
        with pytest.raises(IndexNotReady, match=f"process {holder.pid} on .* since .*again"):
            store.add([paper(9)])
        assert store.search("marker1 marker1v0", 1)[0].paper == paper(1)  # reading goes on
        holder.say("")
        holder.end()
        assert store.add([paper(9)]).added == 1


def test_a_reader_opens_while_another_process_writes(folder: Path, project: Path) -> None:
    with PaperIndex.open(folder, embedder=HashEmbedder()) as store:
        store.add(papers(5))
    holder = Process(HOLDER, folder, project)
    assert holder.hear() == "held"
    with PaperIndex.open(folder, embedder=HashEmbedder()) as reader:
        assert reader.search("marker1 marker1v0", 1)[0].paper == paper(1)
        assert reader.matching("marker1", 1)[0][0] == "p1"
    holder.say("")
    holder.end()
