"""The review in a terminal: one case after the other, each decision written at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.text import Text

from evals.drafting import reviewing
from evals.drafting.reviewing import Edit
from evals.drafting.showing import shown
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper
from rag.context import clean

CHOICES = ("accept", "edit", "drop", "skip", "quit")
PROMPT = "[a]ccept  [e]dit  [d]rop  [s]kip  [q]uit: "
BETWEEN = " | "
"""Stands between the texts of a list, where they are written on one line."""

_DONE = {"accept": "accepted", "drop": "dropped", "skip": "skipped"}

Ask = Callable[[str, str], str]
"""Asks for a line: a label, and the text that stands there to be changed. EOFError: no more."""


def review(
    path: Path, papers: Mapping[str, Paper], ask: Ask, put: Callable[[Text | str], None]
) -> str:
    """Asks about each case of the file that waits; what was decided, in a line.

    Raises ConfigError where the file can't be read.
    """
    cases = reviewing.waiting(path)
    counts: Counter[str] = Counter()
    for place, case in enumerate(cases, start=1):
        try:
            choice = _decided(path, case, (place, len(cases)), papers, ask, put)
        except EOFError:
            choice = "quit"
        if choice == "quit":
            break
        counts[_DONE[choice]] += 1
    left = len(reviewing.waiting(path))
    told = [f"{count} {what}" for what, count in counts.items()]
    return ", ".join([*told, f"{left} still wait" if left else "none waits any more"])


def _decided(
    path: Path,
    case: EvalCase,
    place: tuple[int, int],
    papers: Mapping[str, Paper],
    ask: Ask,
    put: Callable[[Text | str], None],
) -> str:
    """What is decided on a case in the end; an edited one is shown, and asked about, again."""
    put(shown(case, *place, papers))
    while True:
        choice = _chosen(ask(PROMPT, ""))
        try:
            if choice == "accept":
                reviewing.accept(path, case.id)
            elif choice == "drop":
                reviewing.drop(path, case.id)
            elif choice == "edit":
                reviewing.edit(path, case.id, _written(case, ask))
                case = next(one for one in reviewing.waiting(path) if one.id == case.id)
                put(shown(case, *place, papers))
        except ConfigError as error:
            put(f"not done: {error}")
            continue
        if choice and choice != "edit":
            return choice


def _chosen(said: str) -> str:
    """The choice that a letter, or more of its word, stands for; "" for anything else."""
    word = said.strip().casefold()
    return next((choice for choice in CHOICES if word and choice.startswith(word)), "")


def _written(case: EvalCase, ask: Ask) -> Edit:
    question = _line(ask, "Question: ", case.question)
    points = _texts(ask, "Points", case.answer_points)
    strings = _texts(ask, "Must hold", case.must_contain) if case.answerable else None
    return Edit(question, points, strings)


def _texts(ask: Ask, what: str, texts: Sequence[str]) -> tuple[str, ...] | None:
    line = _line(ask, f"{what} ({BETWEEN!r} between two): ", BETWEEN.join(texts))
    if line is None:
        return None
    return tuple(text.strip() for text in line.split(BETWEEN) if text.strip())


def _line(ask: Ask, label: str, text: str) -> str | None:
    """What was written in the place of a text; None where it was left as it stood."""
    offered = clean(text)
    written = ask(label, offered)
    return None if written == offered else written
