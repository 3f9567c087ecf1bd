"""Runs on disk: one folder each, with ``config.json``, ``results.jsonl`` and ``report.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from evals.types import CaseResult, EvalReport, Summary
from index.errors import ConfigError

# Of the configuration, within one run; a judge comes after the run and may come again.
_MAY_CHANGE = frozenset({"started", "concurrency", "eval_judge", "eval_judge_prompt"})
CONFIG, RESULTS, REPORT = "config.json", "results.jsonl", "report.json"


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run as it was kept. ``rows`` are ``CaseResult.to_dict()``, in the order of the cases.

    ``report`` is ``EvalReport.to_dict()``, or None for a run that didn't end.
    """

    folder: Path
    config: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    report: Mapping[str, Any] | None


class RunFolder:
    """Keeps a run while it goes on: each case is on disk as soon as it has ended.

    ``finished`` are the rows of an earlier attempt that it goes on from, ``config`` is what is run.
    """

    finished: tuple[Mapping[str, Any], ...]

    def __init__(self, folder: Path, config: Mapping[str, Any], *, resume: bool = False) -> None:
        """Makes the folder; to ``resume``, goes on with the run that it holds, if it holds one.

        Raises ConfigError when it already holds a run that is not to be resumed, or one of
        something else; and when it can't be made or read.
        """
        self.folder, self.config, self.finished = folder, config, ()
        if (folder / RESULTS).exists():
            if not resume:
                message = "already holds a run; go on with it by --resume, or name another folder"
                raise ConfigError(f"{folder}: {message} with --out")
            self.finished = _finished(load_run(folder), config)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._begin(config)
            self._results: TextIO = (folder / RESULTS).open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise ConfigError(f"{folder}: can't keep a run there ({error})") from error

    def _begin(self, config: Mapping[str, Any]) -> None:
        """The files as they are before the next case: without what an end by force left half."""
        (self.folder / REPORT).unlink(missing_ok=True)
        _replace(self.folder / CONFIG, _pretty(config))
        _replace(self.folder / RESULTS, _lines(self.finished))

    def add(self, place: int, result: CaseResult) -> None:
        """Appends one case's result."""
        line = json.dumps({"place": place} | result.to_dict(), ensure_ascii=True)
        self._results.write(line + "\n")
        self._results.flush()

    def finish(self, report: EvalReport | Summary) -> None:
        """Writes the report; the run is complete."""
        _replace(self.folder / REPORT, _pretty(report.to_dict()))

    def close(self) -> None:
        """Closes the results file."""
        self._results.close()


def _finished(kept: SavedRun, config: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The cases that ended well, as they were before anybody judged them.

    What was judged is on record and is folded in anew. Raises ConfigError where the run was of
    something else.
    """
    changed = [
        f"{name} was {kept.config.get(name)!r} and is {config.get(name)!r}"
        for name in sorted({*kept.config, *config} - _MAY_CHANGE)
        if kept.config.get(name) != config.get(name)
    ]
    if changed:
        raise ConfigError(f"{kept.folder}: holds a run of something else: {'; '.join(changed)}")
    return tuple(_unjudged(row) for row in kept.rows if row["error"] is None)


def _unjudged(row: Mapping[str, Any]) -> Mapping[str, Any]:
    from evals.measures.judged import JUDGED  # with all measures, which reading a run doesn't need

    judged = {measure.name for measure in JUDGED}
    return {**row, "scores": {n: score for n, score in row["scores"].items() if n not in judged}}


def rewrite(
    folder: Path,
    config: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    report: Mapping[str, Any],
) -> None:
    """Puts these in place of what the folder of a run that ended holds, each file at once.

    An end by force in between leaves files that can be read. Raises ConfigError where they can't
    be written.
    """
    texts = {RESULTS: _lines(rows), CONFIG: _pretty(config), REPORT: _pretty(report)}
    try:
        for name, text in texts.items():
            _replace(folder / name, text)
    except OSError as error:
        raise ConfigError(f"{folder}: can't keep a run there ({error})") from error


def new_folder(root: Path, label: str, stamp: str) -> Path:
    """A folder's name that is free: root/stamp-label, with a number where it is taken."""
    base = root / f"{stamp}-{re.sub(r'[^A-Za-z0-9.-]+', '-', label).strip('-.') or 'run'}"
    folder, number = base, 2
    while folder.exists():
        folder, number = base.with_name(f"{base.name}-{number}"), number + 1
    return folder


def load_run(folder: Path) -> SavedRun:
    """A kept run. Raises ConfigError when the folder holds none or it can't be read."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        # Each result ends in a newline: what comes after the last one is the half of a result.
        *lines, _ = (folder / RESULTS).read_text(encoding="utf-8").split("\n")
        kept = folder / REPORT
        report = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
        rows = [_row(line) for line in lines if line]
    except (OSError, ValueError) as error:
        message = f"{folder}: holds no run that can be read ({error})"
        raise ConfigError(message) from error
    rows.sort(key=lambda row: int(row.get("place", 0)))
    return SavedRun(folder, config, tuple(rows), report)


def _row(line: str) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict) or "id" not in row or "scores" not in row:
        raise ValueError("results.jsonl has a line that is no result")
    return row


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)


def _pretty(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _replace(path: Path, text: str) -> None:
    """The text in place of what the file holds; never the half of it."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    partial.replace(path)
