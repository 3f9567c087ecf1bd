"""Closes what may be closed: the stream of a model, which hangs up on its endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")


@contextmanager
def closing_iterator(iterator: Iterator[_T]) -> Iterator[Iterator[_T]]:
    """Closes a generator on the way out, whatever the way; other iterators need no closing."""
    try:
        yield iterator
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
