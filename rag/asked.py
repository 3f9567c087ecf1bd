"""What comes in from outside, checked: the question, and the conversation before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from index.errors import ConfigError
from index.types import Filters
from rag.cancellation import Cancellation
from rag.history import numbers_of, turns_from_messages
from rag.types import Turn

MOST_CHARACTERS = 4_000
MOST_TURNS = 10

History = Sequence[Turn | Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question as it came in, checked, and what its answer alone goes by.

    ``understood``: the ``filters`` come on top of the conditions that the question implies, else
    in place of them.
    ``today``: the day that "last month" is counted from. ``rng`` draws the keys and delimiters
    of its requests. ``cancellation`` stops its answer.
    """

    asked: str
    turns: tuple[Turn, ...]
    filters: Filters
    today: dt.date
    rng: Random
    cancellation: Cancellation
    understood: bool = True

    @property
    def numbers(self) -> Mapping[str, int]:
        """Paper id -> the marker that it has in the conversation."""
        return numbers_of(self.turns)


def checked_question(question: str) -> str:
    """The question without control characters. Raises ConfigError if empty or too long."""
    kept = "".join(c if c.isprintable() else " " for c in question)
    words = " ".join(kept.split())
    if not words:
        raise ConfigError("the question is empty; write what you want to know")
    if len(words) > MOST_CHARACTERS:
        raise ConfigError(
            f"the question is {len(words):,} characters long; at most {MOST_CHARACTERS:,} are read"
        )
    return words


def checked_history(history: History) -> tuple[Turn, ...]:
    """The last ten turns, each side cut to 4,000 characters. Raises ConfigError if malformed."""
    items = list(history)
    if all(isinstance(item, Turn) for item in items):
        turns = tuple(item for item in items if isinstance(item, Turn))
    else:
        turns = turns_from_messages(items)
    return tuple(
        replace(turn, question=_clipped(turn.question), answer=_clipped(turn.answer))
        for turn in turns[-MOST_TURNS:]
    )


def _clipped(text: str) -> str:
    return "".join(
        c if c.isprintable() or c == "\n" else " " for c in text[:MOST_CHARACTERS]
    ).strip()
