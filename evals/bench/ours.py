"""paperchat's side of ``compare``: the same two verbs, the same figures as ``stock.py``.

python -m evals.bench.ours ingest STORE PAPERS.jsonl
python -m evals.bench.ours ask STORE QUESTIONS.txt

Processor time is told too: on a machine that is shared it can be compared where seconds can't.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

STARTED = float(os.environ.get("BENCH_LAUNCHED") or time.time())
"""When ``compare`` launched this process; else when this module was loaded."""


def ingest(store: str, papers: Path) -> dict[str, float]:
    """Papers a second from reading the file to a searchable store; the model is warm."""
    from index.embedding import load_embedder
    from index.readers import read_all
    from index.store import PaperIndex

    embedder = load_embedder()
    embedder.embed(["warm"])
    with PaperIndex.open(store, embedder=embedder) as index:
        start, worked = time.perf_counter(), time.process_time()
        report = index.add(read_all([papers]))
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
    return {
        "seconds": seconds,
        "papers_per_second": report.added / seconds,
        "processor_seconds": worked,
    }


def ask(store: str, questions: Path) -> dict[str, float]:
    """Seconds from the launch of the process to the first result; then the median question."""
    from index.embedding import load_embedder
    from index.store import PaperIndex

    with PaperIndex.open(store, embedder=load_embedder(), create=False) as index:
        lines = questions.read_text("utf-8").splitlines()
        index.search(lines[0], k=10)
        first = time.time() - STARTED
        taken, worked = [], time.process_time()
        for line in lines:
            start = time.perf_counter()
            index.search(line, k=10)
            taken.append(time.perf_counter() - start)
        worked = (time.process_time() - worked) / len(lines)
    taken.sort()
    return {
        "first_s": first,
        "p50_ms": taken[len(taken) // 2] * 1e3,
        "processor_ms": worked * 1e3,
    }


def main() -> None:
    verb, store, data = sys.argv[1:4]
    result = {"ingest": ingest, "ask": ask}[verb](store, Path(data))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | {"peak_mb": peak}))


if __name__ == "__main__":
    main()
