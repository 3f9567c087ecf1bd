"""JSON objects from a file: JSON Lines, an array, an object around a list, objects in a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from index.readers.record import Place
from index.readers.source import document, head, lines
from index.types import Problem

_DECODER = json.JSONDecoder(parse_float=str, parse_constant=str, strict=False)
_LISTS = ("papers", "data", "results", "records", "items", "entries", "documents", "articles")
_LIST_OPENS = re.compile(r'\s*(?:\{\s*"(?:' + "|".join(_LISTS) + r')"\s*:\s*)?\[')
_BETWEEN = re.compile(r"[\s,]*")
_BROKEN = (ValueError, RecursionError)  # RecursionError: brackets nested thousands deep
_FIRST_LINES = 5


@dataclass(frozen=True, slots=True)
class Located:
    """A JSON object, and where in the file it begins. Numbers with a point are strings."""

    place: Place
    value: Mapping[str, object]


def objects(path: Path) -> Iterator[Located | Problem]:
    """Every object of the file; Problems for what is broken, with its line.

    JSON Lines are read line by line; other JSON is held whole, up to ``bounds.DOCUMENT``.
    """
    if _is_json_lines(path):
        yield from _from_lines(path)
        return
    for piece in document(path):
        if isinstance(piece, Problem):
            yield piece
        else:
            yield from _from_document(path, piece.lstrip("\ufeff"))


def _is_json_lines(path: Path) -> bool:
    """Whether one of the first lines is an object by itself, or too long to be looked at."""
    start = head(path)
    if isinstance(start, Problem) or _LIST_OPENS.match(start.text):
        return False
    tried = 0
    for line in lines(path):
        if isinstance(line, Problem):
            if line.rejected:
                return True
            continue
        if not line.text.strip():
            continue
        try:
            if isinstance(_DECODER.decode(line.text.strip().rstrip(",")), dict):
                return True
        except _BROKEN:
            tried += 1
        if tried >= _FIRST_LINES:
            return False
    return False


def _from_lines(path: Path) -> Iterator[Located | Problem]:
    for line in lines(path):
        if isinstance(line, Problem):
            yield line
            continue
        text = line.text.strip().rstrip(",")
        if not text:
            continue
        place = Place(path, line.number)
        try:
            value = _DECODER.decode(text)
        except _BROKEN as error:
            yield place.problem(f"not valid JSON ({_reason(error)}); the line was left out")
            continue
        yield from _values(place, value)


def _from_document(path: Path, text: str) -> Iterator[Located | Problem]:
    opening = _LIST_OPENS.match(text)
    indent, line, counted = None, 1, 0
    at = opening.end() if opening else 0
    while True:
        at = _skip(text, at)
        if at >= len(text) or text[at] == "]":
            break
        line, counted = line + text.count("\n", counted, at), at
        place = Place(path, line)
        indent = _indent(text, at) if indent is None else indent
        try:
            value, at = _DECODER.raw_decode(text, at)
        except _BROKEN as error:
            following = re.compile(rf"\n[ \t]{{0,{indent}}}\{{").search(text, at + 1)
            rest = "it was left out" if following else "it and all that follows were left out"
            if isinstance(error, json.JSONDecodeError):
                place = Place(path, error.lineno)
            yield place.problem(
                f"not valid JSON ({_reason(error)}) in the record from line {line}; {rest}"
            )
            if not following:
                return
            at = following.start()
            continue
        yield from _values(place, value)
    if opening and at >= len(text):
        message = "the JSON ends before its list does; the file may be cut"
        yield Place(path, line).problem(message)


def _values(place: Place, value: object) -> Iterator[Located | Problem]:
    """The value as an object, or the objects of the list that it is wrapped around."""
    if not isinstance(value, dict):
        kind = "list" if isinstance(value, list) else "bare value"
        yield place.problem(f"a {kind} where an object with a title and an abstract is expected")
        return
    listed = [] if "title" in value else [value[key] for key in _LISTS if key in value]
    inner = next((items for items in listed if isinstance(items, list)), None)
    if inner is None:
        yield Located(place, value)
        return
    for item in inner:
        if isinstance(item, dict):
            yield Located(place, item)
        else:
            yield place.problem("an entry of the list is no object with a title and an abstract")


def _skip(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def _indent(text: str, at: int) -> int:
    """Columns before the position, if nothing but blanks is there."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return len(before) if not before.strip() else 0


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
