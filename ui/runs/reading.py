"""Runs, read from the folders that ``paperchat eval run`` keeps them in.

A run folder holds ``config.json`` (what was run), ``results.jsonl`` (a line a question, written as
each ends) and, once the run has ended, ``report.json`` (the measures with their intervals). A run
that was killed lacks the last and may end in half a line. What can't be read is told, not raised.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from evals.places import evals_folder
from evals.runs import CONFIG, REPORT, RESULTS
from evals.types import Score
from index.errors import ConfigError
from ui.runs.types import Case, Cited, Measured, Reply, Run
from ui.runs.values import count, mapping, number, parsed, text, texts, word

MOST_RUNS = 200
State = tuple[Path, int, int]
"""A file, its size and when it was changed, in nanoseconds."""

_TOLD = ("started", "cases", "model", "n_cases")
# What follows it in a line is the answer, nine tenths of the line, which is read only when it is
# shown. In JSON a quote within a text is escaped, so these bytes are a key.
_REST = b', "milliseconds": '
_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_SAID = re.compile(
    _REST + rb'[^,]+, "answer": \{(?:"\w+": ' + _STRING + rb', )*?"text": (' + _STRING + rb")"
)


def run_command(folder: Path) -> str:
    """The command that makes a run there."""
    given = "" if folder == evals_folder() else f" --out {shlex.quote(str(folder / 'first'))}"
    return f"paperchat eval run{given}"


def list_runs(folder: Path) -> tuple[Run, ...]:
    """The runs under a folder, newest first, at most ``MOST_RUNS``; none where there is no folder.

    Raises ConfigError for a folder that can't be read.
    """
    try:
        inside = [path for path in folder.iterdir() if _is_run(path)] if folder.exists() else []
        newest = sorted(inside, key=lambda path: path.stat().st_mtime, reverse=True)[:MOST_RUNS]
    except OSError as error:
        raise ConfigError(f"{folder}: the runs there can't be read ({error})") from error
    undated = dt.datetime.min.replace(tzinfo=dt.UTC)
    runs = map(read_run, newest)
    return tuple(sorted(runs, key=lambda r: (r.started or undated, r.name), reverse=True))


def read_run(folder: Path) -> Run:
    """The run of a folder, with what can be told of it."""
    config, no_config = _object(folder / CONFIG)
    report, no_report = _object(folder / REPORT)
    asked = count(report.get("cases"))
    problem = ""
    if not (folder / RESULTS).is_file():
        problem = "its results are missing"
    elif no_report:
        problem = "did not finish" if no_report == _MISSING else f"its report {no_report}"
    elif no_config:
        problem = f"its configuration {no_config}"
    return Run(
        name=text(folder.name),
        folder=folder,
        started=_moment(config.get("started")),
        cases=word(config.get("cases", "")),
        model=word(config.get("model", "")),
        asked=_lines(folder / RESULTS) if asked is None else asked,
        planned=count(config.get("n_cases")),
        failed=count(report.get("errors")) or 0,
        measures=tuple(_measures(report)),
        settings={text(k): word(v) for k, v in config.items() if k not in _TOLD},
        problem=problem,
    )


def state(run: Run) -> State | None:
    """What its results were when they were last written; None where there are none."""
    path = run.folder / RESULTS
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_size, found.st_mtime_ns


def read_cases(run: Run) -> tuple[tuple[Case, ...], int]:
    """The run's questions in their order, and how many lines could not be read."""
    return cases_at(state(run))


def cases_at(found: State | None) -> tuple[tuple[Case, ...], int]:
    """The same, of results that were found so."""
    try:
        return _cases(*found) if found else ((), 0)
    except OSError:
        return (), 0


def read_replies(run: Run, cases: Iterable[Case]) -> Mapping[str, Reply | None]:
    """The answers to these questions of the run by id; None where there is none to be read."""
    replies: dict[str, Reply | None] = {}
    try:
        with (run.folder / RESULTS).open("rb") as file:
            for case in cases:
                file.seek(case.start)
                replies[case.id] = _reply(file.read(case.length), case.id)
    except OSError:
        pass
    return replies


_MISSING = "is missing"


def _is_run(path: Path) -> bool:
    return path.is_dir() and any((path / name).is_file() for name in (CONFIG, RESULTS, REPORT))


def _object(path: Path) -> tuple[Mapping[str, Any], str]:
    """The object in a file, and what is wrong with it, if anything is."""
    try:
        return parsed(path.read_bytes()), ""
    except FileNotFoundError:
        return {}, _MISSING
    except (OSError, ValueError):
        return {}, "can't be read"


def _moment(value: object) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text(value))
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _lines(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return sum(line.endswith(b"}\n") for line in file)
    except OSError:
        return 0


def _measures(report: Mapping[str, Any]) -> Iterator[Measured]:
    for name, value in mapping(report.get("aggregates")).items():
        known = mapping(value)
        bounds = known.get("interval")
        ends = [number(end) for end in bounds] if isinstance(bounds, list) else []
        low, high = ends if len(ends) == 2 else (None, None)
        interval = (low, high) if low is not None and high is not None else None
        yield Measured(text(name), number(known.get("mean")), count(known.get("n")) or 0, interval)


@lru_cache(maxsize=8)
def _cases(path: Path, _size: int, _changed: int) -> tuple[tuple[Case, ...], int]:
    """Read once for each state of the file."""
    cases: dict[str, Case] = {}
    start = unreadable = 0
    with path.open("rb") as file:
        for line in file:
            case = _case(line, start)
            start += len(line)
            if case is not None:
                cases[case.id] = case
            elif line.strip():
                unreadable += 1
    return tuple(sorted(cases.values(), key=lambda case: case.place)), unreadable


def _case(line: bytes, start: int) -> Case | None:
    if not line.rstrip().endswith(b"}"):
        return None
    row = _head(line)
    name = text(row.get("id"))
    if not name:
        return None
    kept = {text(k): mapping(v) for k, v in mapping(row.get("scores")).items()}
    scores = {k: Score(k, number(v.get("value")), text(v.get("why"))) for k, v in kept.items()}
    return Case(
        id=name,
        type=text(row.get("type")),
        question=text(row.get("question")),
        answerable=row.get("answerable") is not False,
        wanted=texts(row.get("gold_titles")),
        must_contain=texts(row.get("must_contain")),
        scores=scores | _seen(line, row),
        error=text(row.get("error")),
        place=count(row.get("place")) or 0,
        start=start,
        length=len(line),
    )


def _head(line: bytes) -> Mapping[str, Any]:
    """A result without its answer, or with it where the line is not as runs keep it."""
    head, key, _ = line.partition(_REST)
    for part in [head + b"}", line] if key else [line]:
        try:
            return parsed(part)
        except ValueError:
            continue
    return {}


def _seen(line: bytes, row: Mapping[str, Any]) -> dict[str, Score]:
    """Whether there is an answer, which is seen from its text, as the command line does."""
    from evals.measures.answered import answered_by  # later than the page, which shall start soon

    found = None if "answer" in row else _SAID.search(line)
    try:
        answer = {"text": json.loads(found[1])} if found else parsed(line).get("answer")
    except ValueError:
        return {}
    if not answer or not isinstance(answer, dict):
        return {}
    score = answered_by(str(answer.get("text", "")))
    return {score.measure: score}


def _reply(line: bytes, name: str) -> Reply | None:
    """The answer in a line, if it is still that question's."""
    try:
        row = parsed(line)
    except ValueError:
        return None
    answer = row.get("answer")
    if text(row.get("id")) != name or not isinstance(answer, dict):
        return None
    return Reply(
        text=text(answer.get("text")),
        refused=answer.get("abstained") is True,
        reason=text(answer.get("reason")),
        read_as=text(answer.get("rewritten_question")),
        cited=_cited(answer),
    )


def _cited(answer: Mapping[str, Any]) -> tuple[Cited, ...]:
    """The cited papers by marker, then the sources that a list answer names."""
    markers: dict[str, set[int]] = {}
    for citation in _objects(answer.get("citations")):
        marker = count(citation.get("marker"))
        markers.setdefault(_title(citation), set()).update([] if marker is None else [marker])
    for source in _objects(answer.get("sources")):
        if source.get("cited") is True:
            markers.setdefault(_title(source), set())
    found = [Cited(title, tuple(sorted(known))) for title, known in markers.items() if title]
    return tuple(sorted(found, key=lambda cited: cited.markers[:1] or (10**9,)))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [mapping(item) for item in value] if isinstance(value, list) else []


def _title(entry: Mapping[str, Any]) -> str:
    return " ".join(text(mapping(entry.get("paper")).get("title")).split())
