"""Choose the constants of the fusion on SciFact's train half and questions with gold papers.

    python -m evals.bench.tune SCIFACT_FOLDER CASES... --store SCIFACT_STORE

Prints, for every setting of the grid, nDCG@10 on the train half, then on the cases how often the
best paper is gold and how many of the gold papers are found; and the mean of SciFact's figure and
the mean of the cases' two, best first; last the best setting without late interaction. Then
five-fold cross-validation over the cases: the setting that is best on four fifths (with SciFact),
measured on the fifth. SciFact's test half takes no part.
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

from evals.benchmark.filling import fill
from evals.benchmark.task import load
from evals.cases import load_cases
from evals.measures.ranking import ndcg, recall_at
from evals.measures.recall import cutoff
from evals.types import EvalCase
from index.embedding import load_embedder
from index.hybrid import Candidates, Fusion, compare, fuse, ranking, with_late
from index.readers import read_all, sample_pages
from index.store import PaperIndex, paper_of

EXPANSIONS = (0.5, 0.7)
DENSE_WEIGHTS = (0.6, 0.65, 0.7, 0.75, 0.8)
CENTROID_SHARES = (0.25, 0.5, 0.75)
LATE_WEIGHTS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0)
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Query:
    """A text to search, what is relevant, and how many retrieved papers count (0: nDCG@10)."""

    text: str
    relevant: Mapping[str, int]
    k: int = 0

    def score(self, ranked: Sequence[str]) -> tuple[float, float]:
        """(share of the best papers that are gold, recall), or nDCG@10 twice."""
        if self.k:
            first = float(ranked[0] in self.relevant) if ranked else 0.0
            return first, recall_at(ranked, self.relevant, self.k)
        gain = ndcg(ranked, self.relevant)
        return gain, gain


@dataclass(frozen=True, slots=True, order=True)
class Setting:
    """One point of the grid."""

    expansion: float
    weight: float
    share: float
    late: float

    @property
    def fusion(self) -> Fusion:
        """The constants as searches take them."""
        return Fusion(dense_weight=self.weight, centroid_share=self.share, late_weight=self.late)


def _grid() -> list[Setting]:
    axes = (EXPANSIONS, DENSE_WEIGHTS, CENTROID_SHARES, LATE_WEIGHTS)
    return [Setting(*point) for point in itertools.product(*axes)]


def _measure(index: PaperIndex, query: Query) -> dict[Setting, tuple[float, float]]:
    """The query's scores at every setting."""
    pool = Fusion().pool
    (vector,) = index.embedder.embed([query.text])
    near = {paper_of(chunk) for chunk, _ in index.nearest(vector, pool)}
    late: dict[str, float] = {}
    scores: dict[Setting, tuple[float, float]] = {}
    for expansion in EXPANSIONS:
        lexical = dict(index.matching(query.text, pool, expansion=expansion))
        candidates = compare(vector, index.stored(sorted(near | set(lexical))), lexical)
        ids = [stored.paper.id for stored in candidates.papers]
        for weight, share in itertools.product(DENSE_WEIGHTS, CENTROID_SHARES):
            fused = fuse(candidates, Setting(expansion, weight, share, 0).fusion)
            places = ranking(candidates, fused)[: Fusion().compared]
            unknown = [ids[place] for place in places if ids[place] not in late]
            late |= index.late_scores(query.text, unknown)
            known = {place: late[ids[place]] for place in places}
            for amount in LATE_WEIGHTS:
                setting = Setting(expansion, weight, share, amount)
                scores[setting] = query.score(_ranked(candidates, fused, known, setting))
    return scores


def _ranked(
    candidates: Candidates, fused: Values, late: Mapping[int, float], setting: Setting
) -> list[str]:
    best = ranking(candidates, with_late(fused, late, setting.fusion))
    return [candidates.papers[place].paper.id for place in best]


def _matrix(index: PaperIndex, queries: Sequence[Query], grid: Sequence[Setting]) -> Values:
    """Scores, shape (queries, settings, 2)."""
    rows = [_measure(index, query) for query in queries]
    return np.array([[row[setting] for setting in grid] for row in rows])


def _case_queries(index: PaperIndex, cases: Sequence[EvalCase]) -> list[Query]:
    ids = {" ".join(paper.title.split()): paper.id for paper in index.query()}
    queries = []
    for case in cases:
        if not case.gold_titles or not case.answerable or case.type == "list_aggregate":
            continue
        # A follow-up with the question before it: not as the product would plan it, whose
        # planner changes without the index.
        text = " ".join([*(turn.question for turn in case.history[-1:]), case.question])
        gold = {ids[title]: 1 for title in case.gold_titles}
        queries.append(Query(text, gold, cutoff(len(gold))))
    return queries


def _cross_validated(cases: Values, train: Values, folds: int = 5) -> list[float]:
    """Mean scores (2) on the held-out cases of the settings chosen without them."""
    order = np.random.default_rng(0).permutation(len(cases))
    held = []
    for fold in np.array_split(order, folds):
        rest = np.setdiff1d(order, fold)
        best = int(np.argmax(cases[rest].mean(axis=(0, 2)) + train.mean(axis=(0, 2))))
        held.extend(cases[fold, best])
    return [float(np.mean(column)) for column in zip(*held, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description="choose the fusion's constants")
    parser.add_argument("scifact", type=Path)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument(
        "--store", type=Path, required=True, help="where SciFact's store is or shall be"
    )
    arguments = parser.parse_args()
    grid = _grid()
    task = load(arguments.scifact, "train")
    with fill(arguments.store, task, load_embedder()) as index:
        queries = [Query(text, task.relevant[query]) for query, text in task.queries.items()]
        train = _matrix(index, queries, grid)
    known = [case for path in arguments.cases for case in load_cases(path)]
    with tempfile.TemporaryDirectory() as folder, PaperIndex.open(folder) as index:
        index.add(read_all(sample_pages()))
        cases = _matrix(index, _case_queries(index, known), grid)
    _report(grid, train, cases)


def _report(grid: Sequence[Setting], train: Values, cases: Values) -> None:
    print(f"{len(train)} claims, {len(cases)} cases")
    both = (train.mean(axis=(0, 2)) + cases.mean(axis=(0, 2))) / 2
    gains, firsts, recalls = train[..., 0].mean(0), cases[..., 0].mean(0), cases[..., 1].mean(0)
    print("mean   nDCG@10 first  recall  expansion weight share late")
    order = np.argsort(-both, kind="stable").tolist()
    for at in [*order[:25], next(at for at in order if not grid[at].late)]:
        s = grid[at]
        figures = f"{both[at]:.4f} {gains[at]:.4f}  {firsts[at]:.4f} {recalls[at]:.4f}"
        print(f"{figures}  {s.expansion:9} {s.weight:6} {s.share:5} {s.late:4}")
    first, recall = _cross_validated(cases, train)
    print(f"cross-validated on the cases: first {first:.4f}, recall {recall:.4f}")


if __name__ == "__main__":
    main()
