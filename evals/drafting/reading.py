"""What a model suggests, read from its reply, whatever that is. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rag.context import clean

_OPENING = re.compile(r"[{\[]")
_OPENINGS = 20  # braces and brackets at which an object is looked for
_MOST = 8  # of a list of texts
_LONE_BACKSLASH = re.compile(r'\\(?:(\\)|(?!["/bfnrtu]))')


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case as a model suggests it: its texts, each on one line. Nothing of it is checked."""

    question: str
    quotes: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    answer_points: tuple[str, ...] = ()
    missing: str = ""


def read_reply(reply: str) -> tuple[Suggestion, ...] | None:
    """The suggestions of a reply, which holds one JSON object or a list of them.

    None where there is no JSON, or it isn't as asked for; () where the model suggests nothing.
    Text around the JSON, such as a fence of Markdown, is passed over, and so is every field that
    nobody asked for.
    """
    for value in _values(reply):
        rows = value if isinstance(value, list) else [value]
        if rows and all(isinstance(row, dict) for row in rows):
            read = [_suggestion(row) for row in rows if row.get("question")]
            found = [each for each in read if each is not None]
            return tuple(found) if found or not read else None
    return None


def _values(reply: str) -> Iterator[Any]:
    """The JSON values that begin with a brace or a bracket, in their order.

    Where none can be read, once more with the single backslashes of LaTeX as two.
    """
    decoder = json.JSONDecoder()
    for text in (reply, _LONE_BACKSLASH.sub(r"\\\\", reply)):
        for opening in islice(_OPENING.finditer(text), _OPENINGS):
            try:
                yield decoder.raw_decode(text, opening.start())[0]
            except (ValueError, RecursionError):
                continue


def _suggestion(row: dict[str, Any]) -> Suggestion | None:
    lists = [_texts(row.get(name, [])) for name in ("quotes", "must_contain", "answer_points")]
    question, missing = row["question"], row.get("missing") or ""
    if not isinstance(question, str) or not isinstance(missing, str) or None in lists:
        return None
    quotes, strings, points = (tuple(texts or ()) for texts in lists)
    return Suggestion(clean(question), quotes, strings, points, clean(missing))


def _texts(value: object) -> list[str] | None:
    """The texts of a list, or of one text alone; None for anything else."""
    values = [] if value is None else value if isinstance(value, list) else [value]
    if any(isinstance(v, bool) or not isinstance(v, str | int | float) for v in values):
        return None
    cleaned = [clean(str(v)) for v in values[:_MOST]]
    return [text for text in cleaned if text]
