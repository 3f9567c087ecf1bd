"""Every way asked every query, then timed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence

from evals.benchmark.published import published
from evals.benchmark.scoring import Placing, placed
from evals.benchmark.task import Task
from evals.benchmark.ways import Rank, ways
from index.store import PaperIndex

TIMED = 200
"""Queries, at most, that the speed is taken from."""


def run(
    task: Task, index: PaperIndex, *, seed: int = 0, asked: Callable[[], None] = lambda: None
) -> Placing:
    """The figures of all ways over a store that holds the task's papers.

    Rankings come from a first round, which fills the caches of papers; a second one, over up to
    200 queries drawn by seed, is timed. There a space stands behind each query, so that what only
    one way keeps of questions is not met. Each query goes through all ways in turn, another one
    first each time, so that what else the machine does hits them alike. ``asked`` hears of each
    query of each round: of ``rounds(task)``.
    """
    ranks = ways(index)
    queries = list(task.queries)
    timed = sorted(random.Random(seed).sample(queries, min(TIMED, len(queries))))
    rankings: dict[str, dict[str, Sequence[str]]] = {way: {} for way in ranks}
    for query in queries:
        for way, rank in ranks.items():
            rankings[way][query] = rank(task.queries[query])
        asked()
    speeds = _speeds(ranks, [task.queries[query] for query in timed], asked)
    return Placing(
        task.name,
        task.split,
        len(queries),
        index.count(),
        len(timed),
        index.embedder.spec,
        task.notes,
        placed(rankings, task.relevant, speeds, seed),
        published(task),
    )


def rounds(task: Task) -> int:
    """How many queries ``run`` asks in both rounds."""
    return len(task.queries) + min(TIMED, len(task.queries))


def _speeds(
    ranks: Mapping[str, Rank], texts: Sequence[str], asked: Callable[[], None]
) -> dict[str, float]:
    """Queries a second of each way."""
    order, seconds = list(ranks), dict.fromkeys(ranks, 0.0)
    for text in (f"{text} " for text in texts):
        for way in order:
            start = time.perf_counter()
            ranks[way](text)
            seconds[way] += time.perf_counter() - start
        order.append(order.pop(0))
        asked()
    return {way: len(texts) / max(taken, 1e-9) for way, taken in seconds.items()}
