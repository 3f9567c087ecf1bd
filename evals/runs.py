"""Runs on disk: one folder each, with ``config.json``, ``results.jsonl`` and ``report.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from evals.types import CaseResult, EvalReport
from index.errors import ConfigError

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
    """Keeps a run while it goes on: each case is on disk as soon as it has ended."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        """Makes the folder. Raises ConfigError when it already holds a run or can't be made."""
        if (folder / RESULTS).exists():
            raise ConfigError(f"{folder}: already holds a run; name another folder with --out")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / CONFIG, config)
            self._results: TextIO = (folder / RESULTS).open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise ConfigError(f"{folder}: can't keep a run there ({error})") from error
        self.folder = folder

    def add(self, place: int, result: CaseResult) -> None:
        """Appends one case's result."""
        line = json.dumps({"place": place} | result.to_dict(), ensure_ascii=True)
        self._results.write(line + "\n")
        self._results.flush()

    def finish(self, report: EvalReport) -> None:
        """Writes the report; the run is complete."""
        _write(self.folder / REPORT, report.to_dict())

    def close(self) -> None:
        """Closes the results file."""
        self._results.close()


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
        lines = (folder / RESULTS).read_text(encoding="utf-8").splitlines()
        kept = folder / REPORT
        report = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
        rows = [row for row in map(_row, lines) if row is not None]
    except (OSError, ValueError) as error:
        message = f"{folder}: holds no run that can be read ({error})"
        raise ConfigError(message) from error
    rows.sort(key=lambda row: int(row.get("place", 0)))
    return SavedRun(folder, config, tuple(rows), report)


def _row(line: str) -> dict[str, Any] | None:
    """A result; None for the half of one that a killed run may leave at its end."""
    if not line.endswith("}"):
        return None
    row = json.loads(line)
    if not isinstance(row, dict) or "id" not in row or "scores" not in row:
        raise ValueError("results.jsonl has a line that is no result")
    return row


def _write(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
