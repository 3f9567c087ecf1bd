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
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib import resources
from pathlib import Path

import numpy as np

from evals.bench.fit_examples import (
    FOLDS,
    Example,
    Rows,
    answerable_rows,
    load,
    paper_rows,
    sentence_rows,
)
from evals.bench.fit_report import Result, judge, report
from evals.bench.regression import fitted
from index.store import PaperIndex
from rag.deciding import MODELS, pointing
from rag.linear import Logistic
from rag.planning.hops import Shape

_AGAINST_TEXT = """
unmet hidden unmet_anywhere rest_unmet names names_absent names_nowhere number number_apart
"""
AGAINST = frozenset(_AGAINST_TEXT.split())
SHAPES: tuple[Shape, ...] = ("one", "two", "many")


def fit(rows: Rows, penalty: float, against: Collection[str] | None = None) -> Logistic:
    """Logistic regression over the features as they are. With ``against``, these features can
    only speak against the outcome and all others for it: those that come out the other way round
    go (see ``regression.fitted``).
    """
    names = sorted(rows[0][0])
    x = np.array([[features[name] for name in names] for features, _ in rows], float)
    outcomes = np.array([outcome for _, outcome in rows], float)
    signs = None if against is None else [-1 if name in against else 1 for name in names]
    model = fitted(names, x, outcomes, penalty, signs=signs).model()
    kept = {n: round(w, 5) for n, w in model.weights.items() if w or signs is None}
    return Logistic(model.bias, kept)


def models(examples: Sequence[Example]) -> dict[str, Logistic]:
    """All models, fitted on these examples."""
    found = {
        f"paper_{shape}": fit(_rows(paper_rows, [e for e in examples if e.shape == shape]), 3.0)
        for shape in SHAPES
    }
    for points, name in MODELS.items():
        # A follow-up that was not recognised as one would teach what a lone question isn't.
        alone = [e for e in examples if points == "before" or not e.case.history]
        some = [e for e in alone if pointing(e.papers) == points]
        found[name] = fit(_rows(answerable_rows, some), 10.0, AGAINST)
    found["sentence"] = fit(_rows(sentence_rows, examples), 3.0)
    return found


def _rows(of: Callable[[Example], Rows], examples: Iterable[Example]) -> Rows:
    return [row for example in examples for row in of(example)]


def validated(examples: Sequence[Example]) -> list[Result]:
    """Each example judged by models that were fitted without its fold."""
    results = []
    for fold in range(FOLDS):
        found = models([e for e in examples if e.fold != fold])
        results += [judge(e, found) for e in examples if e.fold == fold]
    return results


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
    found = models(examples)
    if tests:
        report("test", [judge(example, found) for example in tests])
    if arguments.write:
        kept = {n: {"bias": round(m.bias, 5), "weights": m.weights} for n, m in found.items()}
        text = json.dumps(kept, indent=1, sort_keys=True) + "\n"
        Path(str(resources.files("rag") / "fitted.json")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
