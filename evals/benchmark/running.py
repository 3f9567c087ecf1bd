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

Progress = Callable[[int, int], None]


def run(
    task: Task, index: PaperIndex, *, seed: int = 0, progress: Progress | None = None
) -> Placing:
    """The figures of all ways over a store that holds the task's papers.

    Rankings come from a first round, which fills the caches of all ways; a second one, over up to
    200 queries drawn by seed, is timed. Each query goes through all ways in turn, another one
    first each time, so that what else the machine does hits them alike. ``progress`` is told
    (done, all) queries.
    """
    ranks = ways(index)
    queries = list(task.queries)
    timed = sorted(random.Random(seed).sample(queries, min(TIMED, len(queries))))
    total = len(queries) + len(timed)
    rankings: dict[str, dict[str, Sequence[str]]] = {way: {} for way in ranks}
    for done, query in enumerate(queries, 1):
        for way, rank in ranks.items():
            rankings[way][query] = rank(task.queries[query])
        if progress:
            progress(done, total)
    tell = _after(len(queries), total, progress)
    speeds = _speeds(ranks, [task.queries[query] for query in timed], tell)
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


def _speeds(
    ranks: Mapping[str, Rank], texts: Sequence[str], tell: Callable[[int], None]
) -> dict[str, float]:
    """Queries a second of each way."""
    order, seconds = list(ranks), dict.fromkeys(ranks, 0.0)
    for done, text in enumerate(texts, 1):
        for way in order:
            start = time.perf_counter()
            ranks[way](text)
            seconds[way] += time.perf_counter() - start
        order.append(order.pop(0))
        tell(done)
    return {way: len(texts) / max(taken, 1e-9) for way, taken in seconds.items()}


def _after(before: int, total: int, progress: Progress | None) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if progress:
            progress(before + done, total)

    return tell
