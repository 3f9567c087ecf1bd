"""Run folders as ``paperchat eval run`` keeps them, written by its own code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.measures import MEASURES
from evals.runner import summarise
from evals.runs import RunFolder
from evals.types import CaseResult, EvalCase, Outcome
from rag.types import Answer
from tests.ui.asker import HALLUCINATE, POST_TRAINING, SUPERFICIAL, answered, cite, hostile, refusal

GOLD, OTHER = POST_TRAINING.title, SUPERFICIAL.title
CASES = (
    EvalCase("q-1", "single_fact", "What keeps its place?", (GOLD,), must_contain=("power law",)),
    EvalCase("q-2", "how", "How does performance grow?", (OTHER,)),
    EvalCase("q-3", "unanswerable", "How do I keep a sourdough starter?", answerable=False),
    EvalCase("q-4", "how", "hostile <img src=x onerror=alert(1)> ![x](http://127.0.0.1:9/x)"),
)


def quoting(question: str, *, wrong: bool = False) -> Answer:
    """Cites the one paper, or another."""
    paper, start = (
        (SUPERFICIAL, "Through experiments with the Llama-3")
        if wrong
        else (POST_TRAINING, "Our findings across model families")
    )
    cited = cite(1, paper, start)
    return answered(question, f"By a power law: {cited.quote} [1]", [], [cited], [paper])


def outcomes(*, worse: bool) -> list[Outcome]:
    """What became of the cases; ``worse`` cites a wrong paper and fails on another."""
    first, second, third, fourth = CASES
    refused = refusal(third.question)
    if worse:
        failed = Outcome(second, None, error="Timeout: <b>no answer</b> within 120 s")
        wrong = Outcome(first, quoting(first.question, wrong=True), (OTHER,), milliseconds=90)
    else:
        failed = Outcome(second, quoting(second.question, wrong=True), (OTHER,), milliseconds=40)
        wrong = Outcome(first, quoting(first.question), (GOLD,), milliseconds=30)
    return [
        wrong,
        failed,
        Outcome(third, refused, (HALLUCINATE.title,), milliseconds=10),
        Outcome(fourth, hostile(fourth.question), milliseconds=20),
    ]


def keep(
    root: Path, name: str, found: Sequence[Outcome], *, started: str, ended: bool = True,
    **config: object,
) -> Path:  # fmt: skip
    """A run of these outcomes; without its report where it did not end."""
    known = {"started": started, "cases": "sample.jsonl", "model": "extractive"}
    known |= {"n_cases": len(CASES), "cases_sha256": "0" * 64, "seed": 0, **config}
    rows = [CaseResult(o, {m.name: m.score(o) for m in MEASURES}) for o in found]
    run = RunFolder(root / name, known)
    for place, row in enumerate(rows):
        run.add(place, row)
    if ended:
        run.finish(summarise(rows, config=known))
    run.close()
    return root / name


def keep_all(root: Path) -> None:
    """A better and a later worse run, a killed one, and a folder that only looks like one."""
    keep(root, "first", outcomes(worse=False), started="2026-03-01T09:00:00+00:00")
    keep(root, "second", outcomes(worse=True), started="2026-03-02T09:00:00+00:00", seed=1)
    killed = keep(
        root, "killed", outcomes(worse=True)[:2], started="2026-03-03T09:00:00+00:00", ended=False
    )
    with (killed / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"place": 2, "id": "q-3", "scores": {"reca')
    broken = root / "broken"
    broken.mkdir()
    (broken / "config.json").write_text('{"started": ', "utf-8")
