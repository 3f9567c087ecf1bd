"""Answers kept on this machine, for the same question over an unchanged store."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from index.keyvalue import KeyValueFile
from index.server import is_remote
from index.types import Filters
from rag.codec import decoded, encoded
from rag.settings import Settings
from rag.types import Answer, Turn

MOST_BYTES = 64 * 2**20
FILE = "answers.sqlite"
_FORMAT = 3  # changes with what an answer is or how it comes about, so that old ones are left


@dataclass(frozen=True, slots=True)
class Asked:
    """All that an answer follows from. Two of these that are equal have the same answer.

    ``store`` and ``revision`` name the papers, ``model`` and ``judge`` what writes and checks
    (``judge`` empty where only the built-in checker does), ``prompts`` the fingerprint of what a
    model is told, ``today`` the day that "last week" counts from.
    """

    question: str
    turns: Sequence[Turn]
    filters: Filters
    store: str
    revision: int
    model: str
    judge: str
    prompts: str
    today: dt.date

    def key(self, settings: Settings) -> str:
        """64 hexadecimal digits; no question can be read from them."""
        told = {
            "format": _FORMAT,
            "question": self.question,
            "turns": [[t.question, t.answer, [list(pair) for pair in t.cited]] for t in self.turns],
            "filters": self.filters.to_dict(),
            "papers": [self.store, self.revision],
            "models": [self.model, self.judge],
            "prompts": self.prompts,
            "today": self.today.isoformat(),
            "settings": _what_matters(settings),
        }
        text = json.dumps(told, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


_ASKED = frozenset({"store", "model", "judge"})  # what is opened by these is told by itself
_DOES_NOT_MATTER = frozenset(
    {"catalogue", "api_key", "chroma_key", "offline", "timeout", "prices", "cache"}
)


def _what_matters(settings: Settings) -> dict[str, object]:
    """The settings that an answer follows from: every one that isn't known to make no difference.

    So one that is added later matters, until it is said to be otherwise.
    """
    names = sorted(set(settings.__dataclass_fields__) - _ASKED - _DOES_NOT_MATTER)
    return {name: getattr(settings, name) for name in names}


class AnswerCache:
    """Answers by what they follow from. Never raises: what can't be read is not there."""

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._file = KeyValueFile(path, most_bytes=most_bytes)

    def get(self, key: str) -> Answer | None:
        """The answer as it was put, equal in every field; None where there is none."""
        text = self._file.get(key)
        if text is None:
            return None
        try:
            answer = decoded(Answer, json.loads(text))
        except (ValueError, TypeError, KeyError, RecursionError):
            return None  # of another version
        return answer if _keeps_its_promise(answer) else None

    def put(self, key: str, answer: Answer) -> None:
        """Keeps an answer, where it can be kept exactly."""
        try:
            text = json.dumps(encoded(answer))
        except (ValueError, TypeError):
            return
        self._file.put(key, text)


def cache_path(location: str) -> Path:
    """Where the answers from a store are kept: in its folder, or the user's own for a server's."""
    folder = Path(location)
    if not is_remote(location) and folder.is_dir():
        return folder / FILE
    return user_cache_path("paperchat") / FILE


def _keeps_its_promise(answer: Answer) -> bool:
    return all(c.paper.abstract[c.start : c.end] == c.quote for c in answer.citations)
