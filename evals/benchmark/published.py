"""What others report for a benchmark: facts with their source, never measured here."""

from __future__ import annotations

from dataclasses import dataclass

from evals.benchmark.task import Task


@dataclass(frozen=True, slots=True)
class Published:
    """A figure of another system, for all queries of a benchmark's test split."""

    system: str
    ndcg_10: float
    recall_100: float
    source: str


_ANSERINI = "castorini/anserini, docs/regressions/regressions-beir-v1.0.0-scifact"

# By name, papers and queries: a folder that was cut, or merely has the name, is another task.
_KNOWN = {
    ("scifact", 5183, 300): (
        Published("BM25 (Lucene)", 0.6789, 0.9253, f"{_ANSERINI}.flat.md"),
        Published(
            "BGE-base-en-v1.5", 0.7408, 0.9667, f"{_ANSERINI}.bge-base-en-v1.5.flat.cached.md"
        ),
    ),
}


def published(task: Task) -> tuple[Published, ...]:
    """What is known of this task; nothing of a sample of its queries or of another split."""
    if task.sampled or task.split != "test":
        return ()
    return _KNOWN.get((task.name.casefold(), len(task.papers), len(task.queries)), ())
