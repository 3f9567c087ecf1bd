"""nDCG@10 and recall on a BEIR collection: BM25, vectors, both, and with late interaction.

    python -m evals.bench.beir FOLDER --store STORE

The store is filled at the first run and kept.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from evals.beir import Collection, load
from evals.bootstrap import mean_interval
from evals.measures.ranking import ndcg, recall_at
from index.embedding import load_embedder
from index.hybrid import compare, fuse, to_hits
from index.store import FUSION, PaperIndex, paper_of

Rank = Callable[[str], Sequence[str]]


def fill(store: str, collection: Collection) -> PaperIndex:
    """The collection as a store; filled where it isn't yet."""
    index = PaperIndex.open(store, embedder=load_embedder())
    if index.count() < len(collection.papers):
        report = index.add(collection.papers)
        print(f"indexed {report.added} papers, rejected {len(report.rejected)}")
    return index


def rankers(index: PaperIndex, k: int) -> dict[str, Rank]:
    """Paper ids, best first, by each way of searching."""

    def vectors(text: str) -> Sequence[str]:
        (vector,) = index.embedder.embed([text])
        return list(dict.fromkeys(paper_of(chunk) for chunk, _ in index.nearest(vector, 4 * k)))

    def fused(text: str) -> Sequence[str]:
        (vector,) = index.embedder.embed([text])
        pool = max(FUSION.pool, 4 * k)
        lexical = dict(index.matching(text, pool))
        near = {paper_of(chunk) for chunk, _ in index.nearest(vector, pool)}
        candidates = compare(vector, index.stored(sorted(near | set(lexical))), lexical)
        hits = to_hits(candidates, fuse(candidates, FUSION), k)
        return [hit.paper.id for hit in hits]

    return {
        "BM25": lambda text: [paper for paper, _ in index.matching(text, k, expansion=0.0)],
        "BM25 + thesaurus": lambda text: [paper for paper, _ in index.matching(text, k)],
        "vectors": vectors,
        "vectors and BM25": fused,
        "and late interaction": lambda text: [hit.paper.id for hit in index.search(text, k)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="retrieval on a BEIR collection")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--store", required=True)
    parser.add_argument("--split", default="", help='what file names end in: "" or "_train"')
    arguments = parser.parse_args()
    collection = load(arguments.folder, arguments.split)
    index = fill(arguments.store, collection)
    print(f"{len(collection.queries)} queries, {index.count()} papers")
    print("| | nDCG@10 | 95% interval | recall@100 | queries a second |\n|---|---|---|---|---|")
    for name, rank in rankers(index, 100).items():
        start = time.perf_counter()
        found = {query: rank(text) for query, text in collection.queries.items()}
        speed = len(found) / (time.perf_counter() - start)
        gains = [ndcg(ranked, collection.relevant[query]) for query, ranked in found.items()]
        recall = fmean(recall_at(r, collection.relevant[q], 100) for q, r in found.items())
        low, high = mean_interval(gains) or (0.0, 0.0)
        print(
            f"| {name} | {fmean(gains):.4f} | {low:.3f}-{high:.3f} | {recall:.4f} | {speed:.0f} |"
        )


if __name__ == "__main__":
    main()
