"""How the ways are timed."""

from __future__ import annotations

from evals.benchmark import running
from evals.benchmark.task import load
from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from tests.evals.benchmark.folders import write


def test_no_way_is_timed_on_a_question_that_it_may_have_kept(tmp_path, monkeypatch):
    task = load(write(tmp_path / "tiny"))
    asked = []

    def rank(text):
        asked.append(text)
        return [paper.id for paper in task.papers]

    monkeypatch.setattr(running, "ways", lambda _: {"BM25": rank, "paperchat": rank})
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as index:
        running.run(task, index)
    first, timed = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    assert len(first) == len(timed) == 2 * len(task.queries)
    assert not set(first) & set(timed)
    assert [text.rstrip() for text in timed] == [text.rstrip() for text in first]
