"""Fit the small models that decide what is quoted and what is refused: ``rag/fitted.json``.

    python -m evals.bench.fit CASES.jsonl... [--test CASES.jsonl] [--store STORE] [--write]

Cases may carry ``gold_quotes``, the sentences that answer. Four kinds of model are fitted, all
logistic regressions with a quadratic penalty: which papers belong into an answer (one model for
each shape of question), whether the papers answer at all, which sentences do. Each is reported
by five-fold cross-validation, in which all cases of one gold paper stay together, and, fitted on
everything, on ``--test``. ``--write`` keeps the weights.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from evals.cases import load_cases, normalise
from evals.measures.must_contain import contains
from evals.types import EvalCase
from index.store import PaperIndex
from index.types import Filters
from rag.context import EvidencePaper
from rag.deciding import CHOICES, answerable, least_answerable, quotes
from rag.features import list_features, paper_features, sentence_features
from rag.found import SURVEYED, Found
from rag.linear import Features, Logistic
from rag.models.extractive import written
from rag.planner import plan
from rag.planning.hops import Shape
from rag.retrieval import gather
from rag.settings import Settings

FOLDS = 5
_AGAINST_TEXT = """
unmet hidden unmet_anywhere rest_unmet names names_absent names_nowhere number number_apart
"""
AGAINST = frozenset(_AGAINST_TEXT.split())
_KEY = re.compile(r" \[[a-z\d]+\]$")
THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
SHAPES: tuple[Shape, ...] = ("one", "two", "many")


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
    most = Settings().top_papers
    hits = gather(index, planned, max(most, SURVEYED) if planned.shape == "many" else most)
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


# The rows that each model is fitted on: (features, outcome).
Rows = list[tuple[Features, bool]]


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


def fit(rows: Rows, penalty: float) -> Logistic:
    """Logistic regression by Newton's method.

    Minimises the negative log-likelihood plus ``penalty / 2`` times the squared weights of the
    standardised features; the weights that come back are of the features as they are.
    """
    names = sorted(rows[0][0])
    x = np.array([[features[name] for name in names] for features, _ in rows])
    y = np.array([outcome for _, outcome in rows], float)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-9] = np.inf  # a constant says nothing
    design = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    ridge = np.full(design.shape[1], penalty)
    ridge[-1] = 1e-9
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (chance - y) + ridge * weights
        hessian = (design.T * (chance * (1 - chance))) @ design + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    raw = weights[:-1] / scale
    bias = float(weights[-1] - raw @ mean)
    return Logistic(bias, {n: round(float(w), 5) for n, w in zip(names, raw, strict=True)})


def plausible(rows: Rows, penalty: float) -> Logistic:
    """``fit`` without the features whose weights come out with another sign than they should.

    Features that say nearly the same take opposite signs in a fit, which then depends on their
    difference: right on average, and absurd for a single short question. The one that is most
    wrong goes first, until none is.
    """
    left = rows
    while True:
        model = fit(left, penalty)
        spread = {n: float(np.std([features[n] for features, _ in left])) for n in model.weights}
        wrong = {n: w * spread[n] for n, w in model.weights.items() if w * _sign(n) < 0}
        if not wrong:
            return model
        worst = max(wrong, key=lambda name: abs(wrong[name]))
        left = [({n: v for n, v in f.items() if n != worst}, y) for f, y in left]


def _sign(name: str) -> int:
    """1 for signs of an answer, -1 for signs against one."""
    return -1 if name in AGAINST else 1


def models(examples: Sequence[Example]) -> dict[str, Logistic]:
    """All models, fitted on these examples."""
    fitted = {
        f"paper_{shape}": fit(_rows(paper_rows, [e for e in examples if e.shape == shape]), 3.0)
        for shape in SHAPES
    }
    for kind, named in (("answerable", False), ("answerable_named", True)):
        some = [e for e in examples if any(paper.focus for paper in e.papers) == named]
        fitted[kind] = plausible(_rows(answerable_rows, some), 10.0)
    fitted["sentence"] = fit(_rows(sentence_rows, examples), 3.0)
    return fitted


def _rows(of: Callable[[Example], Rows], examples: Iterable[Example]) -> Rows:
    return [row for example in examples for row in of(example)]


@dataclass(frozen=True, slots=True)
class Result:
    """What quoting a case comes to, None where it can't be said, with the chance to answer it."""

    example: Example
    chance: float
    precision: float | None
    recall: float | None
    must_contain: float | None


def judge(example: Example, fitted: Mapping[str, Logistic]) -> Result:
    """The measures of ``evals.measures`` for one example, as if it were never refused."""
    case, papers = example.case, example.papers
    chance = answerable(example.question, papers, fitted)
    if not case.answerable:
        return Result(example, chance, None, None, None)
    chosen = quotes(example.question, papers, example.shape, CHOICES[example.shape], fitted)
    cited = [quoted.paper for quoted in chosen]
    places = {i for i, paper in enumerate(papers) if any(paper is one for one in cited)}
    right = places & (example.gold | example.acceptable)
    text = " ".join(_KEY.sub("", piece) for piece in written(chosen))
    held = [contains(text, wanted) for wanted in case.must_contain]
    return Result(
        example,
        chance,
        len(right) / len(places),
        len(places & example.gold) / len(case.gold_titles),
        sum(held) / len(held) if held else None,
    )


def validated(examples: Sequence[Example]) -> list[Result]:
    """Each example judged by models that were fitted without its fold."""
    results = []
    for fold in range(FOLDS):
        fitted = models([e for e in examples if e.fold != fold])
        results += [judge(e, fitted) for e in examples if e.fold == fold]
    return results


def curve(results: Sequence[Result]) -> Iterator[tuple[float, float, float]]:
    """(threshold, share of the unanswerable refused, share of the answerable refused)."""
    for threshold in THRESHOLDS:
        refused: dict[bool, list[bool]] = {False: [], True: []}
        for result in results:
            refused[result.example.case.answerable].append(result.chance < threshold)
        right, wrong = (sum(r) / max(1, len(r)) for r in refused.values())
        yield threshold, right, wrong


def report(name: str, results: Sequence[Result]) -> None:
    """Prints the measures by type of question at the threshold in force, and the curve."""
    print(f"\n{name}: {len(results)} cases")
    kinds = sorted({result.example.case.type for result in results})
    print(f"{'type':20}{'n':>5}{'refused':>9}{'precision':>11}{'recall':>8}{'must':>7}")
    for kind in [*kinds, "named", "named others", "all answerable", "all others"]:
        some = [r for r in results if _belongs(r, kind)]
        refused = [r.chance < least_answerable(r.example.papers) for r in some]
        answered = [r for r, no in zip(some, refused, strict=True) if not no]
        precision = _mean(r.precision for r in answered)
        recall = _mean(
            r.recall if r.recall is None or not no else 0.0
            for r, no in zip(some, refused, strict=True)
        )
        must = _mean(
            r.must_contain if r.must_contain is None or not no else 0.0
            for r, no in zip(some, refused, strict=True)
        )
        shown = f"{sum(refused) / max(1, len(some)):9.2f}{precision:11.3f}{recall:8.3f}{must:7.3f}"
        print(f"{kind:20}{len(some):5}{shown}")
    print("threshold  unanswerable refused  answerable refused")
    for threshold, right, wrong in curve(results):
        print(f"{threshold:9.2f}{right:22.2f}{wrong:20.2f}")


def _belongs(result: Result, kind: str) -> bool:
    if kind.startswith("named"):
        named = any(paper.focus for paper in result.example.papers)
        return named and result.example.case.answerable == (kind == "named")
    if kind.startswith("all "):
        return result.example.case.answerable == (kind == "all answerable")
    return result.example.case.type == kind


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else float("nan")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    parser.add_argument("--store", default=None)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with PaperIndex.open(arguments.store, create=False) as index:
        examples = load(arguments.cases, index)
        tests = load(arguments.test, index)
    report("cross-validated", validated(examples))
    fitted = models(examples)
    if tests:
        report("test", [judge(example, fitted) for example in tests])
    if arguments.write:
        kept = {n: {"bias": round(m.bias, 5), "weights": m.weights} for n, m in fitted.items()}
        text = json.dumps(kept, indent=1, sort_keys=True) + "\n"
        Path(str(resources.files("rag") / "fitted.json")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
