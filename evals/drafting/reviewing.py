"""What a person decides on drafted cases, written into their file at once.

Every other line stays as it is, byte for byte, and so do the fields of a case that a decision says
nothing about, also those that nobody knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import parse_cases
from evals.drafting.files import change, content
from evals.types import EvalCase
from index.errors import ConfigError
from rag.context import clean

_BOM = b"\xef\xbb\xbf"

Fields = dict[str, Any]
Decision = Callable[[Fields], Fields | None]
"""The fields of the case as they shall be; None: without it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wrote; None leaves a field as it is."""

    question: str | None = None
    answer_points: tuple[str, ...] | None = None
    must_contain: tuple[str, ...] | None = None


def waiting(path: Path) -> tuple[EvalCase, ...]:
    """The cases of a file that wait for a person. Raises ConfigError where it can't be read.

    Faulty lines are passed over: they can't be decided on, and ``eval run`` tells of them.
    """
    return tuple(case for case in _cases(content(path), path.name) if not case.reviewed)


def accept(path: Path, case_id: str) -> None:
    """Marks a case as reviewed. Raises ConfigError where it can't be run as it is, is not there,
    doesn't wait, or the file can't be changed. So do the others."""
    _decide(path, case_id, lambda fields: fields | {"reviewed": True})


def drop(path: Path, case_id: str) -> None:
    """Takes a case out of the file."""
    _decide(path, case_id, lambda _: None)


def edit(path: Path, case_id: str, written: Edit) -> None:
    """Changes a case, which waits as before."""
    changes: Fields = {}
    if written.question is not None:
        changes["question"] = clean(written.question)
    for name in ("answer_points", "must_contain"):
        texts = getattr(written, name)
        if texts is not None:
            changes[name] = [text for text in map(clean, texts) if text]
    _decide(path, case_id, lambda fields: fields | changes)


def _decide(path: Path, case_id: str, decision: Decision) -> None:
    change(path, lambda data: decided(data, case_id, decision, path.name))


def decided(data: bytes, case_id: str, decision: Decision, source: str) -> bytes:
    """The file after a decision on one case that waits. Pure; raises ConfigError as ``accept``."""
    found = [case for case in _cases(data, source) if case.id == case_id]
    if not found or found[0].reviewed:
        state = "is reviewed already" if found else "is not there any more"
        raise ConfigError(f"{source}: the case {case_id!r} {state}")
    lines = data.split(b"\n")
    place = found[0].line - 1
    start = _BOM if lines[place].startswith(_BOM) else b""
    end = b"\r" if lines[place].endswith(b"\r") else b""
    fields = decision(json.loads(lines[place].removeprefix(_BOM)))
    if fields is None:
        del lines[place]
        return start + b"\n".join(lines)
    line = json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace")
    lines[place] = start + line + end
    after = b"\n".join(lines)
    if wrong := _faults(after, source) - _faults(data, source):
        raise ConfigError(f"{case_id}: {'; '.join(sorted(wrong))}")
    return after


def _faults(data: bytes, source: str) -> set[str]:
    return {str(each) for each in parse_cases(_lines(data), source)[1] if each.rejected}


def _cases(data: bytes, source: str) -> tuple[EvalCase, ...]:
    return parse_cases(_lines(data), source)[0]


def _lines(data: bytes) -> list[str]:
    return data.removeprefix(_BOM).decode("utf-8", "surrogateescape").split("\n")
