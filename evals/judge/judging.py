"""A kept run, judged: each measure of each case once, the run's files rewritten at the end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import Any

from evals.judge import AT_ONCE
from evals.judge.agreement import agreements
from evals.judge.asking import FAILED, ask, prompt_of
from evals.judge.material import task_for
from evals.judge.record import load_judgements, recording
from evals.judge.strangers import Strangers
from evals.judge.types import Judgement, Task
from evals.measures import MEASURES
from evals.measures.judged import JUDGED
from evals.progress import bar
from evals.runner import summary_of
from evals.runs import SavedRun, load_run, rewrite
from evals.types import Grades
from index.errors import ConfigError
from rag.cancellation import Cancellation
from rag.closing import closing_iterator
from rag.models import ChatModel
from rag.settings import Settings
from rag.wiring import chat_model, check_settings

Row = Mapping[str, Any]


def judge_model(settings: Settings, spec: str) -> ChatModel:
    """The judge that a spec names. Raises ConfigError for one that is no language model."""
    named = replace(settings, model=spec)
    check_settings(named)
    model = chat_model(named)
    if model.mode == "extractive":
        raise ConfigError(f"judge {spec}: a language model is needed, openai:MODEL")
    return model


def judge_run(kept: SavedRun, model: ChatModel, *, at_once: int = AT_ONCE) -> SavedRun:
    """The run with its judged measures, which its folder keeps.

    What the same model has judged with the same prompts is not asked again; what is unscored since
    a reply couldn't be trusted is. Raises ConfigError where the run did not end or its folder can't
    be written.
    """
    if kept.report is None:
        raise ConfigError(f"{kept.folder}: the run did not end; end it first, by run --resume")
    wanted = [(row, measure.name) for row in kept.rows for measure in JUDGED]
    tasks = {(row["id"], name): task_for(row, name) for row, name in wanted}
    known = load_judgements(kept.folder)
    found: dict[tuple[str, str], Judgement] = {}
    due: list[Task] = []
    for place, task in tasks.items():
        if isinstance(task, str):
            continue
        key = (task.case, task.measure, model.spec, prompt_of(task.measure), task.digest)
        if key in known and known[key].value is not None:
            found[place] = known[key]
        else:
            due.append(task)
    asked = closing_iterator(_asked(due, model, Strangers(kept.rows), at_once))
    with recording(kept.folder) as record, bar("judging", len(due)) as advance, asked as judgements:
        for judgement in judgements:
            record.add(judgement)
            found[judgement.case, judgement.measure] = judgement
            advance()
    skipped = {place: task for place, task in tasks.items() if isinstance(task, str)}
    asked_of = {place: one for place, one in found.items() if _is_asked(tasks[place])}
    usable = sum(one.value is not None for one in asked_of.values())
    return _folded(kept, model.spec, found, skipped, [usable, len(asked_of)])


def _is_asked(task: Task | str) -> bool:
    """Whether it takes a call to the judge."""
    return isinstance(task, Task) and bool(task.items)


def _asked(
    tasks: Sequence[Task], model: ChatModel, strangers: Strangers, at_once: int
) -> Iterator[Judgement]:
    """The judgements as they come; who stops listening ends the calls in flight."""
    cancellation, rng = Cancellation(), random.SystemRandom()
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="judge")
    try:
        futures = [
            pool.submit(ask, task, model, strangers, rng=rng, cancellation=cancellation)
            for task in tasks
        ]
        for future in as_completed(futures):
            yield future.result()
    finally:
        cancellation.cancel()
        pool.shutdown(cancel_futures=True)


def _folded(
    kept: SavedRun,
    spec: str,
    found: Mapping[tuple[str, str], Judgement],
    skipped: Mapping[tuple[str, str], str],
    replies: Sequence[int],
) -> SavedRun:
    """The run with these scores in its results, and its report made anew."""
    rows = []
    for row in kept.rows:
        scores = dict(row["scores"])
        for measure in JUDGED:
            place = (row["id"], measure.name)
            judged = found.get(place)
            value, why = (judged.value, judged.why) if judged else (None, skipped[place])
            scores[measure.name] = {"value": value, "why": why}
        rows.append({name: scores if name == "scores" else row[name] for name in row})
    config = {**kept.config, "eval_judge": spec, "eval_judge_prompt": prompt_of()}
    report = _report(rows, config, found) | {"judge_replies": list(replies)}
    report = _with_measures_of(kept.report or {}, report)
    rewrite(kept.folder, config, rows, report)
    return load_run(kept.folder)


def _report(
    rows: Sequence[Row],
    config: Mapping[str, Any],
    found: Mapping[tuple[str, str], Judgement],
) -> dict[str, Any]:
    seed = int(config.get("seed", 0))
    scored = {name for row in rows for name in row["scores"]}
    measures = [measure for measure in (*MEASURES, *JUDGED) if measure.name in scored]
    summary = summary_of(list(map(Grades.of_row, rows)), measures, seed=seed, config=config)
    both = agreements(rows, found, seed=seed)
    return summary.to_dict() | {
        "unscored_by_judge": {measure.name: _reasons(rows, measure.name) for measure in JUDGED},
        "judge_failure": _failure(rows),
        "judge_tokens": [sum(one.tokens[end] for one in found.values()) for end in (0, 1)],
        "agreement": {name: agreement.to_dict() for name, agreement in both.items()},
    }


def _with_measures_of(before: Mapping[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    """The report with the measures that another release kept, which this one doesn't know."""
    aggregates, by_type = before.get("aggregates", {}), before.get("by_type", {})
    kinds = {kind: by_type.get(kind, {}) | values for kind, values in report["by_type"].items()}
    return report | {"aggregates": aggregates | report["aggregates"], "by_type": kinds}


def _reasons(rows: Sequence[Row], measure: str) -> dict[str, int]:
    """How many cases are unscored for each reason, which stands before the colon."""
    counts: dict[str, int] = {}
    for row in rows:
        score = row["scores"][measure]
        if score["value"] is None:
            reason = score["why"].partition(": ")[0]
            counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda reason: -reason[1]))


def _failure(rows: Sequence[Row]) -> str:
    """What the judge failed with, the first time that it did; "" where it never did."""
    scores = (row["scores"][measure.name] for row in rows for measure in JUDGED)
    told = (score["why"].partition(": ") for score in scores if score["value"] is None)
    return next((detail for reason, _, detail in told if reason == FAILED), "")
