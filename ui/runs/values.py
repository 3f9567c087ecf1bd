"""Values from files that anything may have been written into, as the types they should have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_EMPTY: Mapping[str, Any] = {}
_MOST = 1e15


def parsed(data: bytes) -> Mapping[str, Any]:
    """A JSON object. Raises ValueError for anything else."""
    try:
        found = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what is wrong is in the file
    return found


def mapping(value: object) -> Mapping[str, Any]:
    """The object; an empty one for anything else."""
    return value if isinstance(value, dict) else _EMPTY


def text(value: object) -> str:
    """The text, without what can't be sent to a browser; "" for anything else."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, each in one line."""
    items = value if isinstance(value, list) else []
    return tuple(" ".join(text(item).split()) for item in items if isinstance(item, str))


def number(value: object) -> float | None:
    """The number, if it is one that can be added up."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if abs(found) <= _MOST else None


def count(value: object) -> int | None:
    """The number of something: a whole number from 0 on."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def word(value: object) -> str:
    """A single value in words; "" for what has parts."""
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    return text(value)
