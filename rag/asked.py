"""What comes in from outside, checked: the question and the conversation before it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.errors import ConfigError
from rag.history import turns_from_messages
from rag.types import Turn

MOST_CHARACTERS = 4_000
MOST_TURNS = 10

History = Sequence[Turn | Mapping[str, object]]


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
