"""Runs cases through an assistant and an index, and scores what comes out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any, Protocol

from evals.bootstrap import mean_interval, score_interval
from evals.cases import normalise
from evals.measures import MEASURES, is_bounded
from evals.measures.recall import cutoff
from evals.measures.retrieved import DEPTH
from evals.types import (
    Aggregate,
    CaseResult,
    EvalCase,
    EvalReport,
    Grades,
    Measure,
    Outcome,
    Summary,
)
from index.types import Filters
from rag.cancellation import Cancellation
from rag.closing import closing_iterator
from rag.planner import Papers, plan
from rag.retrieval import gather
from rag.types import Answer, Event, Finished, Turn


class Answering(Protocol):
    """What is asked of an assistant: the events of an answer, ``Finished`` last."""

    def stream(self, question: str, *, history: Sequence[Turn] = ()) -> Iterator[Event]: ...


def run(
    cases: Sequence[EvalCase],
    assistant: Answering,
    index: Papers,
    *,
    measures: Sequence[Measure] = MEASURES,
    concurrency: int = 1,
    seed: int = 0,
    config: Mapping[str, Any] | None = None,
) -> EvalReport:
    """The report of ``asked``; rows come in the order of the cases. It keeps ``config``."""
    found = asked(cases, assistant, index, measures=measures, concurrency=concurrency)
    rows = tuple(result for _, result in sorted(found, key=lambda one: one[0]))
    return summarise(rows, measures, seed=seed, config=config or {})


def asked(
    cases: Sequence[EvalCase],
    assistant: Answering,
    index: Papers,
    *,
    measures: Sequence[Measure] = MEASURES,
    concurrency: int = 1,
) -> Iterator[tuple[int, CaseResult]]:
    """Asks every case and scores it: each as it ends, with its place among the cases.

    A case that raises is kept as a failed one, and the others are asked all the same. Who stops
    listening ends the answers under way at their next event, and asks nothing more.
    """
    with closing_iterator(_outcomes(cases, assistant, index, concurrency)) as outcomes:
        for place, outcome in outcomes:
            yield place, CaseResult(outcome, {one.name: one.score(outcome) for one in measures})


def summarise(
    rows: Sequence[CaseResult],
    measures: Sequence[Measure] = MEASURES,
    *,
    seed: int = 0,
    config: Mapping[str, Any],
) -> EvalReport:
    """The rows with aggregates of all and of each type of question."""
    summary = summary_of([row.grades for row in rows], measures, seed=seed, config=config)
    return EvalReport(tuple(rows), summary)


def summary_of(
    grades: Sequence[Grades],
    measures: Sequence[Measure] = MEASURES,
    *,
    seed: int = 0,
    config: Mapping[str, Any],
) -> Summary:
    """Aggregates of all cases and of each type of question."""
    names = [measure.name for measure in measures]
    types = dict.fromkeys(one.type for one in grades)
    by_type = {
        kind: _aggregates([one for one in grades if one.type == kind], names, seed)
        for kind in types
    }
    errors = sum(one.failed for one in grades)
    return Summary(len(grades), errors, _aggregates(grades, names, seed), by_type, dict(config))


def aggregate(values: Sequence[float | None], *, seed: int = 0, bounded: bool = False) -> Aggregate:
    """Mean and interval over the graded cases, and the count of the others.

    ``bounded``: the values are in [0, 1].
    """
    graded = [value for value in values if value is not None]
    mean = sum(graded) / len(graded) if graded else None
    interval = (score_interval if bounded else mean_interval)(graded, seed=seed)
    return Aggregate(mean, len(graded), len(values) - len(graded), interval)


def ask_case(
    case: EvalCase, assistant: Answering, index: Papers, cancellation: Cancellation
) -> Outcome:
    """One case, answered; retrieval is asked with what the planner makes of the question."""
    start = time.perf_counter()
    answer: Answer | None = None
    try:
        with closing_iterator(assistant.stream(case.question, history=case.history)) as events:
            for event in events:
                if isinstance(event, Finished):
                    answer = event.answer
                elif cancellation.cancelled:
                    break
        elapsed = 1000 * (time.perf_counter() - start)
        if answer is None:
            return Outcome(case, None, error="the answer never finished")
        planned = plan(case.question, case.history, Filters(), index)
        hits = gather(index, planned, max(DEPTH, cutoff(len(case.gold_titles))))
    except Exception as error:  # noqa: BLE001 - one broken case must not cost the others' results
        elapsed = 1000 * (time.perf_counter() - start)
        message = f"{type(error).__name__}: {error}"
        return Outcome(case, None, error=message, milliseconds=elapsed)
    titles = tuple(normalise(hit.paper.title) for hit in hits)
    return Outcome(case, answer, titles, milliseconds=elapsed)


def _outcomes(
    cases: Sequence[EvalCase], assistant: Answering, index: Papers, concurrency: int
) -> Iterator[tuple[int, Outcome]]:
    cancellation = Cancellation()
    if concurrency <= 1:
        for place, case in enumerate(cases):
            yield place, ask_case(case, assistant, index, cancellation)
        return
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="eval")
    try:
        places: dict[Future[Outcome], int] = {
            pool.submit(ask_case, case, assistant, index, cancellation): place
            for place, case in enumerate(cases)
        }
        for future in as_completed(places):
            yield places[future], future.result()
    finally:
        cancellation.cancel()
        pool.shutdown(cancel_futures=True)


def _aggregates(grades: Sequence[Grades], names: Sequence[str], seed: int) -> dict[str, Aggregate]:
    return {
        name: aggregate(
            [one.values.get(name) for one in grades], seed=seed, bounded=is_bounded(name)
        )
        for name in names
    }
