"""Cases files: JSONL, one question a line, checked before anything is asked.

The fields of a case, of which only ``id`` and ``question`` must be there:

    id                  text, which no other case has
    type                text, to report by; "untyped" by default
    question            text; with the same history, no other case asks it
    history             the turns before it, oldest first: [{"role": "user", "content": "..."}, ...]
    answerable          true (the default) or false: whether the papers answer the question
    gold_titles         titles of the papers that a right answer cites; none where not answerable
    acceptable_titles   titles that it may cite too, or that a refusal may point to
    gold_quotes         the sentences of the gold papers that answer
    answer_points       what the answer says, or what a refusal makes clear
    must_contain        strings that the answer holds
    reviewed            true (the default), or false: waits for a person, and is not run
    note, why           texts for that person

Lists of texts are empty by default. Other formats are read and written by ``evals.formats``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Problem
from rag.history import turns_from_messages
from rag.types import Turn

SAMPLE = Path(__file__).parent / "cases" / "sample.jsonl"

_TEXT = ("id", "type", "question")
LISTS = ("gold_titles", "acceptable_titles", "answer_points", "must_contain", "gold_quotes")
_FLAGS = ("answerable", "reviewed")
_REMARKS = ("note", "why")  # for the person who reviews the case
FIELDS = (*_TEXT, "history", "answerable", *LISTS, "reviewed", *_REMARKS)
_LONE = re.compile("[\ud800-\udfff]")  # can be escaped in JSON, but not be written
_LISTED = 20  # of a long list of problems


def normalise(title: str) -> str:
    """The title with every run of whitespace as one space."""
    return " ".join(title.split())


def load_cases(path: Path, tell: Callable[[str], None] = lambda _: None) -> tuple[EvalCase, ...]:
    """The cases of a file that a run can use, in its order: those that are reviewed.

    ``tell`` hears how many are not, and of fields that nobody knows. Raises ConfigError as
    ``read_cases`` does, and where no case is reviewed.
    """
    cases = read_cases(path, tell)
    reviewed = tuple(case for case in cases if case.reviewed)
    if not reviewed:
        todo = 'write what is right, such as "gold_titles", and take "reviewed": false away'
        raise ConfigError(f"{path}: none of its {len(cases)} cases is reviewed; {todo}")
    if len(reviewed) < len(cases):
        tell(f"note: left out, since they are not reviewed: {len(cases) - len(reviewed)} cases")
    return reviewed


def read_cases(path: Path, tell: Callable[[str], None] = lambda _: None) -> tuple[EvalCase, ...]:
    """All cases of a file, in its order, also those that wait for a person.

    ``tell`` hears of fields that nobody knows. Raises ConfigError, naming the faulty lines, when
    the file can't be read, has no case, or has one that contradicts itself or another one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: can't be read as UTF-8 text ({error}); name a JSONL file of cases"
        raise ConfigError(message) from error
    cases, problems = parse_cases(text.split("\n"), path.name)
    if faults := [problem for problem in problems if problem.rejected]:
        shown = "\n  ".join(listed(faults))
        raise ConfigError(f"{path}: {len(faults)} faults; mend these lines first\n  {shown}")
    if not cases:
        raise ConfigError(f"{path}: holds no cases; write one JSON object a line")
    for line in listed(problems):
        tell(f"note: {line}")
    return cases


def listed(problems: Sequence[Problem]) -> tuple[str, ...]:
    """A line for each problem; of many the first 20, and how many more there are."""
    more = len(problems) - _LISTED
    end = (f"and {more} more",) if more > 0 else ()
    return (*map(str, problems[:_LISTED]), *end)


def parse_cases(
    lines: Iterable[str], source: str
) -> tuple[tuple[EvalCase, ...], tuple[Problem, ...]]:
    """The cases that can be used and everything that is wrong with the others.

    Fields that nobody knows are reported too, as problems that cost nothing.
    """
    problems: list[Problem] = []
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, _fields(line)))
        except ConfigError as error:
            problems.append(Problem(source, str(error), number))
    cases, wrong = check_cases(rows, source)
    return cases, tuple(sorted((*problems, *wrong), key=lambda problem: problem.line or 0))


def check_cases(
    rows: Iterable[tuple[int, Mapping[str, Any]]], source: str
) -> tuple[tuple[EvalCase, ...], tuple[Problem, ...]]:
    """As ``parse_cases``, of fields with the number of the line that each case begins in."""
    cases: list[EvalCase] = []
    problems: list[Problem] = []
    ids: dict[str, int] = {}
    asked: dict[tuple[str, tuple[Turn, ...]], int] = {}
    for number, fields in rows:
        try:
            case = case_of(fields, number)
        except ConfigError as error:
            problems.append(Problem(source, str(error), number))
            continue
        unknown = sorted(set(fields) - set(FIELDS))
        misspelt = _misspelt(unknown)
        if unknown and not misspelt:
            message = f"unknown fields are ignored: {', '.join(unknown)}"
            problems.append(Problem(source, message, number, rejected=False))
        faults = misspelt or [*_contradictions(case), *_repeats(case, ids, asked)]
        problems += [Problem(source, fault, number) for fault in faults]
        if not faults:
            cases.append(case)
    return tuple(cases), tuple(problems)


def _misspelt(unknown: Iterable[str]) -> list[str]:
    """What was surely meant as one of ours: left out, it would change the scores unseen."""
    meant = {name: get_close_matches(name, FIELDS, 1, 0.85) for name in unknown}
    return [f'unknown field "{name}"; write "{near[0]}"' for name, near in meant.items() if near]


def fields_of(case: EvalCase) -> dict[str, Any]:
    """The case as the JSON object that a cases file holds; without what is as by default."""
    default = _all_fields(EvalCase("", "untyped", ""))
    return {name: value for name, value in _all_fields(case).items() if value != default[name]}


def _all_fields(case: EvalCase) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(case, name) for name in FIELDS}
    fields |= {name: list(fields[name]) for name in LISTS}
    return fields | {"history": [message for turn in case.history for message in _messages(turn)]}


def _messages(turn: Turn) -> list[dict[str, Any]]:
    question = {"role": "user", "content": turn.question}
    if not turn.answer and not turn.cited:
        return [question]
    answer: dict[str, Any] = {"role": "assistant", "content": turn.answer}
    if turn.cited:
        answer["citations"] = [{"marker": n, "paper": {"id": paper}} for n, paper in turn.cited]
    return [question, answer]


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
        fields = json.loads(line, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not JSON ({error})") from error
    if not isinstance(fields, dict):
        raise ConfigError(f"a case is a JSON object, not {type(fields).__name__}")
    return fields


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, unless it gives one name twice: JSON would keep the last of the two."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ConfigError(f"given twice: {', '.join(map(repr, twice))}; leave one of each")
    return found


def case_of(fields: Mapping[str, Any], line: int = 0) -> EvalCase:
    """The case with these fields. Raises ConfigError for one that is missing or is not as it must
    be; that fields contradict each other is not looked at."""
    for name in FIELDS:
        if _LONE.search(json.dumps(fields.get(name), ensure_ascii=False)):
            raise ConfigError(f'"{name}" holds half of a character (a lone surrogate); mend it')
    texts = _texts(fields)
    lists = {name: _strings(name, fields.get(name, [])) for name in LISTS}
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
        note=texts["note"],
        why=texts["why"],
        line=line,
    )


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    default = {"type": "untyped"} | dict.fromkeys(_REMARKS, "")
    texts = default | {name: fields[name] for name in (*_TEXT, *_REMARKS) if name in fields}
    for name in ("id", "question"):
        if name not in texts:
            raise ConfigError(f'"{name}" is missing')
    for name, value in texts.items():
        needed = " that is not empty" if name in _TEXT else ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise ConfigError(f'"{name}" must be a text{needed}')
    return texts


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
    if not case.answerable and case.gold_quotes:
        found.append('not answerable, but has "gold_quotes"')
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
