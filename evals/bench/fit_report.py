"""What fitted models make of examples: measures by type of question, and the curve of refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.bench.fit_examples import Example
from evals.measures.must_contain import contains
from rag.deciding import CHOICES, answerable, least_answerable, quotes
from rag.linear import Logistic
from rag.models.extractive import written

THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
_KEY = re.compile(r" \[[a-z\d]+\]$")


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
