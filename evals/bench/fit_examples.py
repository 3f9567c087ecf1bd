"""Questions with what was found for them, and the rows of features that models are fitted on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import load_cases, normalise
from evals.types import EvalCase
from index.store import PaperIndex
from index.types import Filters
from rag.context import EvidencePaper
from rag.features import list_features, paper_features, sentence_features
from rag.found import QUOTED, SURVEYED, Found
from rag.linear import Features
from rag.planner import plan
from rag.planning.hops import Shape
from rag.retrieval import gather

FOLDS = 5

Rows = list[tuple[Features, bool]]
"""What a model is fitted on: features, and what came true."""


@dataclass(frozen=True, slots=True)
class Example:
    """A case with what was found for it. ``gold`` and ``acceptable`` hold places in ``papers``."""

    case: EvalCase
    question: str
    shape: Shape
    papers: tuple[EvidencePaper, ...]
    gold: frozenset[int]
    acceptable: frozenset[int]
    fold: int


def load(paths: Iterable[Path], index: PaperIndex) -> list[Example]:
    """The cases as examples; lists over the whole collection are left out."""
    cases = [case for path in paths for case in load_cases(path)]
    return [_example(case, index) for case in cases if case.type != "list_aggregate"]


def _example(case: EvalCase, index: PaperIndex) -> Example:
    planned = plan(case.question, case.history, Filters(), index)
    hits = gather(index, planned, SURVEYED if planned.shape == "many" else QUOTED)
    matches = Found.of(index, planned, hits)
    papers = matches.evidence(max_tokens=100_000, rng=random.Random(0)).papers
    titles = [normalise(paper.paper.title) for paper in papers]
    return Example(
        case=case,
        question=planned.question,
        shape=planned.shape,
        papers=papers,
        gold=frozenset(i for i, title in enumerate(titles) if title in case.gold_titles),
        acceptable=frozenset(i for i, t in enumerate(titles) if t in case.acceptable_titles),
        fold=random.Random(min(case.gold_titles, default=case.question)).randrange(FOLDS),
    )


def paper_rows(example: Example) -> Rows:
    """One row a paper that was found; acceptable ones are neither right nor wrong."""
    if not example.gold:
        return []
    each = paper_features(example.question, example.papers)
    return [(f, i in example.gold) for i, f in enumerate(each) if i not in example.acceptable]


def answerable_rows(example: Example) -> Rows:
    """One row a case."""
    if not example.papers:
        return []
    return [(list_features(example.question, example.papers), example.case.answerable)]


def sentence_rows(example: Example) -> Rows:
    """One row a sentence of the gold papers, where the case says which sentences answer."""
    rows: Rows = []
    if not example.case.gold_quotes:
        return rows
    for place in example.gold:
        paper = example.papers[place]
        each = sentence_features(example.question, paper)
        right = [_is_quoted(s.text, example.case.gold_quotes) for s in paper.sentences]
        if any(right):
            rows += list(zip(each, right, strict=True))
    return rows


def _is_quoted(sentence: str, quotes: Sequence[str]) -> bool:
    return any(sentence[:60] in quote or quote[:60] in sentence for quote in quotes)
