"""Exchanges as bytes and back, exactly. Pure.

The bytes are compressed JSON: an exchange names each of its papers many times over, so an eighth
of the room is enough.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import MISSING, fields, replace
from typing import Any, get_args

from rag.codec import decoded, encoded
from rag.types import Answer, Finished, Turn
from ui.view import Conversation, Exchange, Status, advance

UNREADABLE = (
    "(This answer was kept by another version of paperchat: its text is here, but not its sources. "
    "Ask again to see them.)"
)
_LONGEST_TITLE = 60


def packed(exchange: Exchange) -> bytes:
    """An exchange that has ended. Raises ValueError for a running one, TypeError for one with
    values that JSON can't hold exactly."""
    if exchange.running:
        raise ValueError("an exchange is kept when it has ended")
    return _bytes(encoded(_bare(exchange)))


def unpacked(value: bytes, *, number: int, question: str, status: str, text: str) -> Exchange:
    """The exchange as it was packed; its text with a note where it can't be decoded."""
    try:
        found = decoded(Exchange, _current(_value(value)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error):
        known: tuple[Status, ...] = get_args(Status)
        ended: Status = next((each for each in known if each == status), "stopped")
        shown = f"{text}\n\n{UNREADABLE}".strip()
        return Exchange(number, question, status=ended, text=shown, error=UNREADABLE)
    return advance(found, Finished(found.answer)) if found.running and found.answer else found


def packed_turns(turns: tuple[Turn, ...]) -> bytes:
    """The turns before an answer."""
    return _bytes([encoded(turn) for turn in turns])


def unpacked_turns(value: bytes) -> tuple[Turn, ...]:
    """The turns as they were packed; none where they can't be decoded."""
    try:
        return tuple(decoded(Turn, turn) for turn in _value(value))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error):
        return ()


def reopened(exchanges: Iterable[Exchange], name: str, begun: int) -> Conversation:
    """The conversation of this id with these exchanges; numbering goes on after ``begun``."""
    conversation = Conversation([Exchange(begun, "")])
    conversation.become(Conversation(exchanges, name))
    return conversation


def shortened(question: str) -> str:
    """The beginning of a question, at most 60 characters, cut between words where it can be."""
    text = " ".join(question.split())
    if len(text) <= _LONGEST_TITLE:
        return text
    head = text[:_LONGEST_TITLE]  # one more than there is room for, in case a word ends there
    cut = head.rpartition(" ")[0]
    # A text without spaces, as in Chinese, or a first word without end is cut where it must be.
    kept = cut if len(cut) >= _LONGEST_TITLE // 2 else head[:-1]
    return kept.rstrip(" ,;:.-") + "…"


def _bare(exchange: Exchange) -> Exchange:
    """Without what its answer says again, so that nothing is stored twice."""
    if exchange.answer is None:
        return exchange
    bare = replace(
        exchange, status="searching", rewritten="", sources=(), text="", citations=(), claims=()
    )
    return bare if advance(bare, Finished(exchange.answer)) == exchange else exchange


def _current(value: dict[str, Any]) -> dict[str, Any]:
    """An encoded exchange of an earlier version with the fields of this one."""
    if value.get("answer") is not None:
        value = value | {"answer": _completed(Answer, value["answer"])}
    return _completed(Exchange, value)


def _completed(kind: type[Exchange | Answer], value: dict[str, Any]) -> dict[str, Any]:
    """New fields at their defaults; without those that are no more."""
    completed: dict[str, Any] = {}
    for each in fields(kind):
        if each.name in value:
            completed[each.name] = value[each.name]
        elif each.default is not MISSING:
            completed[each.name] = encoded(each.default)
        elif each.default_factory is not MISSING:
            completed[each.name] = encoded(each.default_factory())
    return completed


def _bytes(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode("ascii"), level=1)


def _value(value: bytes) -> Any:  # noqa: ANN401 - a JSON value
    return json.loads(zlib.decompress(value))
