"""Prose that a model wrapped in a code fence or in JSON, unwrapped where that is simple."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(r"\s*(?:```|~~~)[ \t]*(\w*)[ \t]*\n\s*")
_FENCE_BEGUN = re.compile(r"\s*(?:`{0,2}|~{0,2}|(?:```|~~~)[ \t]*\w*[ \t]*(?:\n\s*)?)")
_CLOSING = re.compile(r"(?:```|~~~)[ \t]*(?=\n)")
_CLOSING_AT_END = re.compile(r"(?:```|~~~)[ \t]*(?=\n|\Z)")
_MAY_CLOSE = re.compile(r"(?:[`~]{1,3}[ \t]*)?\Z")
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[{\"]")
_JSON_BEGUN = re.compile(r"[{\[]\s*")
_PROSE = frozenset({"", "markdown", "md", "text", "txt", "plaintext", "json"})
_TEXTS = (
    *("answer", "final_answer", "text", "response", "reply", "content", "message", "result"),
    *("output", "sentences", "claims", "statements", "points", "sentence", "claim", "statement"),
)
_KEYS = ("keys", "key", "citations", "citation", "cites", "sources", "source", "evidence", "refs")
_KEY = re.compile(r"\W?[A-Za-z0-9]{3,8}\W?")
_TEXT_BEGUN = re.compile(rf'"(?:{"|".join(_TEXTS)})"\s*:\s*"((?:[^"\\]|\\.)*)')

Mode = Literal["undecided", "plain", "fenced", "json"]


@dataclass(slots=True)
class Unwrapper:
    """Passes prose on as it comes; a fence around all of it goes, JSON waits for its end."""

    _mode: Mode = "undecided"
    _held: str = ""

    def feed(self, piece: str) -> str:
        """The prose that is known to be prose."""
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> str:
        """What is still held back; of JSON its text."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        if self._mode == "undecided":
            self._decide(final=final)
        if self._mode == "fenced":
            return self._fenced(final=final)
        if self._mode != "plain" and not final:
            return ""
        text, self._held = self._held, ""
        return unwrapped(text) if self._mode == "json" else text

    def _decide(self, *, final: bool) -> None:
        fence = _FENCE.match(self._held)
        if not final and _FENCE_BEGUN.fullmatch(self._held):
            return
        body = self._held[fence.end() :] if fence else self._held.lstrip()
        if not final and _JSON_BEGUN.fullmatch(body):
            return
        if fence is not None and fence[1].lower() not in _PROSE:
            self._mode = "plain"
        elif _JSON.match(body):
            self._mode = "json"
        elif fence is not None:
            self._mode, self._held = "fenced", body
        else:
            self._mode = "plain"

    def _fenced(self, *, final: bool) -> str:
        """The text up to what may be the closing fence; behind that, all is plain."""
        found = (_CLOSING_AT_END if final else _CLOSING).search(self._held)
        if found is not None:
            self._mode = "plain"
            text = self._held[: found.start()] + self._held[found.end() :]
            self._held = ""
            return text
        tail = None if final else _MAY_CLOSE.search(self._held)
        end = tail.start() if tail else len(self._held)
        text, self._held = self._held[:end], self._held[end:]
        return text


def unwrapped(text: str) -> str:
    """The prose in a reply of JSON; the reply itself where there is none to be found."""
    fence = _FENCE.match(text)
    body = text[fence.end() :] if fence else text.lstrip()
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(body)
    except (ValueError, RecursionError):
        return _cut_off(body) or text
    prose = _prose(value)
    rest = _CLOSING_AT_END.sub("", body[end:], count=1).strip()
    return "\n".join(part for part in (prose, rest) if part) if prose else text


def _prose(value: object, *, depth: int = 0) -> str:
    """The text of a value: a string, an object's text, or a list of these."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and depth < 4:
        return " ".join(filter(None, (_sentence(item, depth) for item in value)))
    if isinstance(value, dict) and depth < 4:
        found = (_prose(value[name], depth=depth + 1) for name in _TEXTS if name in value)
        return next(filter(None, found), "")
    return ""


def _sentence(item: object, depth: int) -> str:
    """An item's text with the keys that the item itself names; those of a whole answer are lost."""
    text = _prose(item, depth=depth + 1)
    if not isinstance(item, dict) or "[" in text:
        return text
    named: object = next((item[name] for name in _KEYS if name in item), [])
    keys = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    marks = [f"[{k.strip('[] ')}]" for k in keys if isinstance(k, str) and _KEY.fullmatch(k)]
    return f"{text} {''.join(marks)}" if text and marks else text


def _cut_off(body: str) -> str:
    """The text of an object that ends in the middle of it."""
    found = _TEXT_BEGUN.search(body)
    if found is None:
        return ""
    try:
        said = json.loads(f'"{found[1]}"', strict=False)
    except ValueError:
        return found[1]
    return said if isinstance(said, str) else ""
