"""Measure follow-ups, comparisons and new subjects, offline.

    python -m evals.bench.followups CASES... --store STORE [--seed 0] [--list]

Prints recall of the gold papers in the first 1, 2, 5 and 10, for questions with a history and for
comparisons, beside a search for the bare question; then how many questions that stand alone are
taken for follow-ups when another case's conversation is put before them: a random one, and the one
whose papers are most like the question's gold paper. ``--list`` names what went wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np

from evals.cases import load_cases, normalise
from evals.types import EvalCase
from index.embedding import Vectors
from index.store import PaperIndex
from index.types import Filters
from rag.planner import plan
from rag.planning.conversation import spoken_of
from rag.retrieval import gather
from rag.types import Turn

CUTOFFS = (1, 2, 5, 10)
History = tuple[Turn, ...]


def recalls(index: PaperIndex, case: EvalCase) -> tuple[list[float], list[float]]:
    """Recall at each cut-off: of the plan, and of a search for the bare question."""
    gold = set(case.gold_titles)
    planned = plan(case.question, case.history, Filters(), index)
    found = [gather(index, planned, CUTOFFS[-1]), index.search(case.question, CUTOFFS[-1])]
    titles = [[normalise(hit.paper.title) for hit in hits] for hits in found]
    ours, bare = ([len(gold & set(t[:k])) / len(gold) for k in CUTOFFS] for t in titles)
    return ours, bare


def report_recall(index: PaperIndex, name: str, cases: Sequence[EvalCase], *, show: bool) -> None:
    """One line for the plan, one for the bare search."""
    rows = [recalls(index, case) for case in cases]
    for label, values in zip(("planned", "bare"), zip(*rows, strict=True), strict=True):
        means = np.mean(values, axis=0)
        figures = "  ".join(f"@{k} {mean:.3f}" for k, mean in zip(CUTOFFS, means, strict=True))
        print(f"{name} ({len(cases)}), {label}: {figures}")
    for case, (ours, _) in zip(cases, rows, strict=True):
        if show and ours[CUTOFFS.index(5)] < 1:
            print(f"  {case.id}: {case.question}")


def likest(index: PaperIndex, case: EvalCase, histories: Sequence[History]) -> History | None:
    """The conversation whose papers are most like the case's gold paper, but are not gold."""
    gold = {normalise(t) for t in (*case.gold_titles, *case.acceptable_titles)}
    target = next((p for p in index.query() if normalise(p.title) in gold), None)
    if target is None:
        return None
    best: tuple[float, History | None] = (-2.0, None)
    (own,) = _directions(index, [target.id])
    for history in histories:
        papers = spoken_of(history[-1], index).papers
        if papers and not gold & {normalise(p.title) for p in papers}:
            like = float(_directions(index, [papers[0].id])[0] @ own)
            best = max(best, (like, history), key=lambda pair: pair[0])
    return best[1]


def _directions(index: PaperIndex, paper_ids: Sequence[str]) -> list[Vectors]:
    sums = [stored.vectors.sum(axis=0) for stored in index.stored(paper_ids)]
    return [total / max(float(np.linalg.norm(total)), 1e-9) for total in sums]


def dragged(index: PaperIndex, case: EvalCase, history: History | None) -> bool | None:
    """Whether the question is no longer itself after a foreign conversation."""
    if history is None:
        return None
    planned = plan(case.question, history, Filters(), index)
    return planned.query != case.question or planned.question != case.question


def report_dragged(
    index: PaperIndex,
    cases: Sequence[EvalCase],
    histories: Sequence[History],
    *,
    show: bool,
    seed: int,
) -> None:
    """The share of questions that drag a foreign conversation along."""
    rng = Random(seed)
    kinds: dict[str, Callable[[EvalCase], History | None]] = {
        "random": lambda _: rng.choice(histories),
        "most alike": lambda case: likest(index, case, histories),
    }
    for kind, choose in kinds.items():
        verdicts = [(case, dragged(index, case, choose(case))) for case in cases]
        judged = [(case, wrong) for case, wrong in verdicts if wrong is not None]
        wrong = [case for case, drags in judged if drags]
        share = len(wrong) / max(len(judged), 1)
        print(f"new subject, other conversation {kind} ({len(judged)}): {share:.3f} drag it along")
        for case in wrong if show else ():
            print(f"  {case.id}: {case.question}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--store", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="name what went wrong")
    given = parser.parse_args()
    cases = [case for path in given.cases for case in load_cases(path)]
    with PaperIndex.open(given.store, create=False) as index:
        groups = {
            "follow-ups": [c for c in cases if c.history and c.gold_titles],
            "comparisons": [c for c in cases if c.type == "compare" and not c.history],
        }
        for name, group in groups.items():
            if group:
                report_recall(index, name, group, show=given.list)
        histories = [c.history for c in cases if c.history]
        if histories:
            singles = [c for c in cases if not c.history]
            report_dragged(index, singles, histories, show=given.list, seed=given.seed)


if __name__ == "__main__":
    main()
