"""Reads cases files: JSONL, one question a line, checked before anything is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Problem
from rag.history import turns_from_messages
from rag.types import Turn

SAMPLE = Path(__file__).parent / "cases" / "sample.jsonl"

_TEXT = ("id", "type", "question")
_LISTS = ("gold_titles", "acceptable_titles", "answer_points", "must_contain", "gold_quotes")
_FLAGS = ("answerable", "reviewed")
_REMARKS = ("note", "why")  # for the person who reviews the case
_KNOWN = {*_TEXT, *_LISTS, *_FLAGS, *_REMARKS, "history"}


def normalise(title: str) -> str:
    """The title with every run of whitespace as one space."""
    return " ".join(title.split())


def load_cases(path: Path, tell: Callable[[str], None] = lambda _: None) -> tuple[EvalCase, ...]:
    """The cases of a file, in its order; those that are not reviewed are left out.

    ``tell`` hears how many those are. Raises ConfigError, naming every faulty line, when the file
    can't be read, has no case to use, or has a case that contradicts itself or another one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: can't be read as UTF-8 text ({error}); name a JSONL file of cases"
        raise ConfigError(message) from error
    cases, problems = parse_cases(text.split("\n"), path.name)
    faults = [problem for problem in problems if problem.rejected]
    if faults:
        listed = "\n  ".join(str(fault) for fault in faults)
        raise ConfigError(f"{path}: {len(faults)} faults; nothing was run\n  {listed}")
    if not cases:
        raise ConfigError(f"{path}: holds no cases; write one JSON object a line")
    reviewed = tuple(case for case in cases if case.reviewed)
    if not reviewed:
        todo = 'write what is right, such as "gold_titles", and take "reviewed": false away'
        raise ConfigError(f"{path}: none of its {len(cases)} cases is reviewed; {todo}")
    if len(reviewed) < len(cases):
        tell(f"note: left out, since they are not reviewed: {len(cases) - len(reviewed)} cases")
    return reviewed


def parse_cases(
    lines: Iterable[str], source: str
) -> tuple[tuple[EvalCase, ...], tuple[Problem, ...]]:
    """The cases that can be used and everything that is wrong with the others.

    Fields that nobody knows are reported too, as problems that cost nothing.
    """
    cases: list[EvalCase] = []
    problems: list[Problem] = []
    ids: dict[str, int] = {}
    asked: dict[tuple[str, tuple[Turn, ...]], int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = _fields(line)
            case = _case(fields, number)
        except ConfigError as error:
            problems.append(Problem(source, str(error), number))
            continue
        unknown = sorted(set(fields) - _KNOWN)
        if unknown:
            message = f"unknown fields are ignored: {', '.join(unknown)}"
            problems.append(Problem(source, message, number, rejected=False))
        faults = [*_contradictions(case), *_repeats(case, ids, asked)]
        problems += [Problem(source, fault, number) for fault in faults]
        if not faults:
            cases.append(case)
    return tuple(cases), tuple(problems)


def unknown_titles(
    cases: Sequence[EvalCase], known: Collection[str], source: str
) -> tuple[Problem, ...]:
    """The gold and acceptable titles that name no paper of the store, with their lines."""
    store = {normalise(title) for title in known}
    return tuple(
        Problem(source, f"{case.id}: {kind} title is not in the store: {title!r}", case.line)
        for case in cases
        for kind, titles in (("gold", case.gold_titles), ("acceptable", case.acceptable_titles))
        for title in titles
        if title not in store
    )


def _fields(line: str) -> Mapping[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not JSON ({error})") from error
    if not isinstance(fields, dict):
        raise ConfigError(f"a case is a JSON object, not {type(fields).__name__}")
    return fields


def _case(fields: Mapping[str, Any], line: int) -> EvalCase:
    texts = {"type": "untyped"} | {name: fields[name] for name in _TEXT if name in fields}
    for name in ("id", "question"):
        if name not in texts:
            raise ConfigError(f'"{name}" is missing')
    for name, value in texts.items():
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f'"{name}" must be a text that is not empty')
    lists = {name: _strings(name, fields.get(name, [])) for name in _LISTS}
    flags = {name: fields.get(name, True) for name in _FLAGS}
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise ConfigError(f'"{name}" must be true or false')
    return EvalCase(
        id=texts["id"],
        type=texts["type"],
        question=texts["question"],
        gold_titles=tuple(map(normalise, lists["gold_titles"])),
        acceptable_titles=tuple(map(normalise, lists["acceptable_titles"])),
        answer_points=lists["answer_points"],
        must_contain=lists["must_contain"],
        gold_quotes=lists["gold_quotes"],
        answerable=flags["answerable"],
        history=_turns(fields.get("history", [])),
        reviewed=flags["reviewed"],
        line=line,
    )


def _strings(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ConfigError(f'"{name}" must be a list of texts')
    return tuple(value)


def _turns(value: object) -> tuple[Turn, ...]:
    try:
        return turns_from_messages(value)
    except ConfigError as error:
        raise ConfigError(f'"history": {error}') from error


def _contradictions(case: EvalCase) -> list[str]:
    found = []
    if case.reviewed and case.answerable and not case.gold_titles:
        found.append('answerable, but "gold_titles" is empty')
    if not case.answerable and case.gold_titles:
        found.append('not answerable, but has "gold_titles"; near misses are "acceptable_titles"')
    if not case.answerable and case.must_contain:
        found.append('not answerable, but has "must_contain"')
    both = set(case.gold_titles) & set(case.acceptable_titles)
    found += [f"both gold and acceptable: {title!r}" for title in sorted(both)]
    for titles in (case.gold_titles, case.acceptable_titles):
        twice = {title for title in titles if titles.count(title) > 1}
        found += [f"named twice: {title!r}" for title in sorted(twice)]
    return found


def _repeats(
    case: EvalCase, ids: dict[str, int], asked: dict[tuple[str, tuple[Turn, ...]], int]
) -> list[str]:
    found = []
    key = (normalise(case.question).casefold(), case.history)
    if case.id in ids:
        found.append(f"the id {case.id!r} is taken by line {ids[case.id]}")
    if key in asked:
        found.append(f"asks the same as line {asked[key]}")
    ids.setdefault(case.id, case.line)
    asked.setdefault(key, case.line)
    return found
