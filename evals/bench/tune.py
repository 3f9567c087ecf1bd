"""Choose the constants of the fusion on SciFact's train half and the development questions.

    python -m evals.bench.tune SCIFACT_FOLDER CASES --store SCIFACT_STORE

Prints, for every setting of the grid, nDCG@10 on the train half, recall of gold papers on the
cases, and their mean, best mean first. Then five-fold cross-validation over the cases: the
setting that is best on four fifths (with SciFact), measured on the fifth. SciFact's test half
takes no part.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.beir import load
from evals.bench.beir import fill
from evals.cases import load_cases
from evals.measures.ranking import ndcg, recall_at
from evals.measures.recall import cutoff
from index.embedding import Vectors
from index.hybrid import Fusion, compare, fuse, ranking
from index.readers import read_all, sample_pages
from index.store import PaperIndex, paper_of
from index.types import Filters
from rag.planner import plan

DENSE_WEIGHTS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
CENTROID_SHARES = (0.0, 0.25, 0.5, 0.75)
TITLE_BOOSTS = (0.0, 0.25, 0.5)
EXPANSIONS = (0.0, 0.3, 0.5, 0.7)
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Query:
    """A text to search, what is relevant, and how many retrieved papers count (0: nDCG@10)."""

    text: str
    relevant: Mapping[str, int]
    k: int = 0

    def score(self, ranked: Sequence[str]) -> float:
        if self.k:
            return recall_at(ranked, self.relevant, self.k)
        return ndcg(ranked, self.relevant)


@dataclass(frozen=True, slots=True, order=True)
class Setting:
    """One point of the grid."""

    title: float
    expansion: float
    weight: float
    share: float


def _grid() -> list[Setting]:
    axes = (TITLE_BOOSTS, EXPANSIONS, DENSE_WEIGHTS, CENTROID_SHARES)
    return [Setting(*point) for point in itertools.product(*axes)]


def _measure(index: PaperIndex, query: Query, vector: Vectors) -> dict[Setting, float]:
    """The query's score at every setting."""
    pool = Fusion().pool
    near = {paper_of(chunk) for chunk, _ in index.nearest(vector, pool)}
    scores: dict[Setting, float] = {}
    for title, expansion in itertools.product(TITLE_BOOSTS, EXPANSIONS):
        found = index.matching(query.text, pool, title_boost=title, expansion=expansion)
        lexical = dict(found)
        candidates = compare(vector, index.stored(sorted(near | set(lexical))), lexical)
        for weight, share in itertools.product(DENSE_WEIGHTS, CENTROID_SHARES):
            fusion = Fusion(dense_weight=weight, centroid_share=share)
            best = ranking(candidates, fuse(candidates, fusion))
            ranked = [candidates.papers[place].paper.id for place in best]
            scores[Setting(title, expansion, weight, share)] = query.score(ranked)
    return scores


def _matrix(index: PaperIndex, queries: Sequence[Query], grid: Sequence[Setting]) -> Values:
    """Scores, shape (queries, settings)."""
    vectors = index.embedder.embed([query.text for query in queries])
    rows = [_measure(index, q, v) for q, v in zip(queries, vectors, strict=True)]
    return np.array([[row[setting] for setting in grid] for row in rows])


def _case_queries(index: PaperIndex, cases: Path) -> list[Query]:
    ids = {" ".join(paper.title.split()): paper.id for paper in index.query()}
    queries = []
    for case in load_cases(cases):
        if not case.gold_titles or not case.answerable or case.type == "list_aggregate":
            continue
        text = plan(case.question, case.history, Filters()).query
        gold = {ids[title]: 1 for title in case.gold_titles}
        queries.append(Query(text, gold, cutoff(len(gold))))
    return queries


def _cross_validated(cases: Values, train: Values, folds: int = 5) -> float:
    """Mean score on the held-out cases of the setting chosen without them."""
    order = np.random.default_rng(0).permutation(len(cases))
    held = []
    for fold in np.array_split(order, folds):
        rest = np.setdiff1d(order, fold)
        best = int(np.argmax(cases[rest].mean(0) + train.mean(0)))
        held.extend(cases[fold, best])
    return float(np.mean(held))


def main() -> None:
    parser = argparse.ArgumentParser(description="choose the fusion's constants")
    parser.add_argument("scifact", type=Path)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--store", required=True, help="where SciFact's store is or shall be")
    arguments = parser.parse_args()
    grid = _grid()
    collection = load(arguments.scifact, "_train")
    with fill(arguments.store, collection) as index:
        queries = [Query(t, collection.relevant[q]) for q, t in collection.queries.items()]
        train = _matrix(index, queries, grid)
    with tempfile.TemporaryDirectory() as folder, PaperIndex.open(folder) as index:
        index.add(read_all(sample_pages()))
        cases = _matrix(index, _case_queries(index, arguments.cases), grid)
    both = (train.mean(0) + cases.mean(0)) / 2
    print("mean   nDCG@10 recall  title expansion weight share")
    for at in np.argsort(-both, kind="stable")[:25]:
        s = grid[at]
        figures = f"{both[at]:.4f} {train.mean(0)[at]:.4f}  {cases.mean(0)[at]:.4f}"
        print(f"{figures}  {s.title:5} {s.expansion:9} {s.weight:6} {s.share:5}")
    print(f"cross-validated recall on the cases: {_cross_validated(cases, train):.4f}")


if __name__ == "__main__":
    main()
