"""Ratings as cases for the evals, in the format of their files. Pure.

A thumb up says that an answer is right, so the papers that it cites are taken for the right ones. A
thumb down says only that something is wrong with it: such a case waits for a person who writes what
would have been right, and is marked as not reviewed until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from index.errors import ConfigError
from rag.history import turns_from_messages
from rag.types import Turn
from ui.conversations.types import Rating

_Asked = tuple[str, tuple[Turn, ...]]


def cases_from(ratings: Iterable[Rating]) -> Iterator[dict[str, Any]]:
    """One case for each question that was rated, JSON-ready, in the order of rating.

    Where a question was rated more than once, its latest thumb down counts, or else its latest
    thumb up.
    """
    found: dict[_Asked, Rating] = {}
    for rating in ratings:
        question = " ".join(rating.exchange.question.split()).casefold()
        if not question:
            continue
        # The words that were said make two questions the same, whatever was cited then.
        asked = question, tuple(Turn(turn.question, turn.answer) for turn in rating.history)
        known = found.get(asked)
        if known is None or _weight(rating) >= _weight(known):
            found[asked] = rating
    yield from map(case_from, found.values())


def case_from(rating: Rating) -> dict[str, Any]:
    """The case of one rating. No gold paper is made up: see the module."""
    exchange = rating.exchange
    titles = list(dict.fromkeys(" ".join(c.paper.title.split()) for c in exchange.citations))
    cited = [title for title in titles if title]
    case: dict[str, Any] = {
        "id": f"feedback-{rating.conversation[:12]}-{rating.number}",
        "type": "feedback",
        "question": exchange.question,
        "history": _messages(rating.history),
    }
    if rating.note.strip():
        case["note"] = rating.note
    why = _why_not(rating, cited)
    if why:
        return case | {"reviewed": False, "why": why}
    if exchange.abstained:
        return case | {"answerable": False, "gold_titles": [], "acceptable_titles": cited}
    return case | {"answerable": True, "gold_titles": cited}


def _why_not(rating: Rating, cited: list[str]) -> str:
    """Why nothing can be taken for right without a person; "" where it can."""
    if not rating.up:
        return "the answer was rated down: say what is right"
    if rating.exchange.status != "done" or rating.exchange.answer is None:
        return "the answer did not come to its end"
    if not rating.exchange.abstained and not cited:
        return "the answer cites no paper: name those that are right"
    return ""


def _weight(rating: Rating) -> tuple[bool, float]:
    return not rating.up, rating.rated.timestamp()


def _messages(history: tuple[Turn, ...]) -> list[dict[str, Any]]:
    """The turns as messages; with what was cited, unless that contradicts itself."""
    numbered = [message for turn in history for message in _turn(turn, cited=True)]
    try:
        turns_from_messages(numbered)
    except ConfigError:
        return [message for turn in history for message in _turn(turn, cited=False)]
    return numbered


def _turn(turn: Turn, *, cited: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    answer: dict[str, Any] = {"role": "assistant", "content": turn.answer}
    if cited and turn.cited:
        answer["citations"] = [{"marker": n, "paper": {"id": paper}} for n, paper in turn.cited]
    return {"role": "user", "content": turn.question}, answer
