"""Runs as they come back from disk, without a disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evals.measures import MEASURES as ALL
from evals.runner import summarise
from evals.runs import SavedRun
from evals.types import CaseResult, EvalCase, Measure, Outcome
from rag.types import Answer, Claim
from tests.evals.build import answer, case, citation

HOSTILE = (
    "<img src=x onerror=alert(1)> </script><script>alert(2)</script> </title></style>{{7*7}} "
    "\" onfocus='alert(3)' ]]> --> &lt;b&gt; javascript:alert(4) \ud800 \x00 \u202egnp.exe"
)
NAMES = (
    "recall",
    "citation_precision",
    "citation_recall",
    "answerable_refused",
    "unanswerable_refused",
    "verbatim",
    "completed",
    "latency_ms",
)
MEASURES = tuple(measure for measure in ALL if measure.name in NAMES)
CONFIG = {
    "started": "2026-03-01T09:00:00+00:00",
    "cases": "mine.jsonl",
    "model": "extractive",
    "prompt": "9c7d3935243f",
    "paperchat": "0.1.0",
    "libraries": {"chromadb": "1.5.9"},
}


def kept(
    outcomes: Sequence[Outcome], measures: Sequence[Measure] = MEASURES, **config: object
) -> SavedRun:
    """What ``load_run`` would give for a run of these outcomes."""
    known = {**CONFIG, **config}
    rows = [CaseResult(one, {m.name: m.score(one) for m in measures}) for one in outcomes]
    report = summarise(rows, measures, config=known).to_dict()
    raw = json.dumps([[row.to_dict() for row in rows], report])
    rows_again, report_again = json.loads(raw)
    return SavedRun(Path("run"), known, tuple(rows_again), report_again)


def of(case_id: str, kind: str, asked: str, given: Answer | None, **more: object) -> Outcome:
    """A case of this question, and what became of it in 40 ms unless told otherwise."""
    fields = {name: more.pop(name) for name in ("gold", "answerable") if name in more}
    gold = (fields.get("gold"),) if fields.get("gold") else ()
    made = case(*gold, kind=kind, answerable=bool(fields.get("answerable", True)))
    made = replace(made, id=case_id, question=asked)
    return Outcome(made, given, **{"milliseconds": 40.0, **more})


def small() -> SavedRun:
    """A right answer, a wrong one, a right and a wrong refusal, and a case that failed."""
    doubted = Claim("It is the best.", (1,), "unsupported")
    right = answer("On clips [1]. Nothing is [7].", (citation(1, "Gold"),))
    wrong = answer("On clips [1].", (citation(1, "Other"),), claims=(doubted,))
    refusal = answer("No answer found.", abstained=True, reason="no_evidence")
    return kept(
        [
            of("c1", "single_fact", "How many clips?", right, gold="Gold", retrieved=("Gold",)),
            of("c2", "survey", "Which clips?", wrong, gold="Gold", milliseconds=900.0),
            of("c3", "unanswerable_far", "How is a kettle descaled?", refusal, answerable=False),
            of("c4", "survey", "What about music?", refusal, gold="Gold"),
            of("c5", "survey", "And then?", None, gold="Gold", error="Timeout: 120 s"),
        ]
    )


def hostile() -> SavedRun:
    """Every text that is not ours tries to be more than text."""
    said = answer(
        f"{HOSTILE} [1]",
        (citation(1, HOSTILE),),
        reason=HOSTILE,
        claims=(Claim(HOSTILE, (1,), "weak"),),
    )
    said = replace(said, rewritten_question=f"Again {HOSTILE}", notices=(HOSTILE,))
    wanted = EvalCase(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), must_contain=(HOSTILE,))
    outcomes = [
        Outcome(wanted, said, (HOSTILE,)),
        Outcome(replace(wanted, id="failed", answerable=False), None, error=HOSTILE),
        Outcome(replace(wanted, id="refused"), replace(said, abstained=True)),
    ]
    return kept(outcomes, **{name: HOSTILE for name in CONFIG if name != "libraries"})
