"""Dataclasses <-> JSON values, exactly: what comes back equals what went in, or is an error."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
_PLAIN = (str, int, float, bool, type(None))


def encoded(value: object) -> Any:  # noqa: ANN401 - a JSON value
    """The value for ``json.dumps``.

    Raises TypeError for anything but dataclasses, tuples, mappings with text as keys, dates and
    plain values.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):  # such as NumPy's, which is one, too
        return float(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: encoded(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} can't be kept exactly")


def decoded(kind: type[_T], value: Any) -> _T:  # noqa: ANN401 - a JSON value
    """The value of this type that was encoded. Raises ValueError or TypeError where none was."""
    found = _decode(kind, value)
    if not isinstance(found, kind):
        raise TypeError(f"this is no {kind.__name__}")
    return found


def _decode(kind: Any, value: Any) -> Any:  # noqa: ANN401, PLR0911 - one return a kind of type
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _any_of(arguments, value)
    if origin is Literal:
        return _checked(value in arguments, value)
    if origin is tuple:
        items = _checked(isinstance(value, list), value)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_decode(arguments[0], item) for item in items)
        return tuple(_decode(a, item) for a, item in zip(arguments, items, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        found = _checked(isinstance(value, dict), value)
        return {key: _decode(arguments[1], item) for key, item in found.items()}
    if kind is dt.date:
        return dt.date.fromisoformat(_checked(isinstance(value, str), value))
    if is_dataclass(kind):
        return _object(kind, _checked(isinstance(value, dict), value))
    fitting = (int, float) if kind is float else (kind,)
    return _checked(kind in _PLAIN and type(value) in fitting, value)


def _object(kind: Any, value: dict[str, Any]) -> Any:  # noqa: ANN401
    hints = _hints(kind)
    _checked(value.keys() == hints.keys(), value)
    return kind(**{name: _decode(hint, value[name]) for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401
    """The types of a dataclass's fields."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _any_of(kinds: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401
    for kind in kinds:
        try:
            return _decode(kind, value)
        except (ValueError, TypeError):
            continue
    raise ValueError("a value of none of its types")


def _checked(fits: bool, value: Any) -> Any:  # noqa: ANN401
    if not fits:
        raise ValueError(f"a value of another type: {str(value)[:40]!r}")
    return value
