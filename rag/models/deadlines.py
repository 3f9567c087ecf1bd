"""How long an endpoint may take, and where a reply stands by that."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from rag.models import Completion, Finish
from rag.types import Usage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: until an attempt's first text, between events after it, and in all attempts."""

    first: float = 90.0
    between: float = 30.0
    total: float = 120.0

    @classmethod
    def within(cls, total: float) -> Deadlines:
        """For a total: three quarters of it for the first text, a quarter between events."""
        return cls(total * 0.75, total * 0.25, total)


@dataclass(slots=True)
class Reply:
    """What one attempt has brought so far."""

    started: float  # with the first attempt; the total counts from here
    deadlines: Deadlines
    left_out: frozenset[str] = frozenset()  # parameters, on trial
    began: float = field(default_factory=time.monotonic)
    characters: int = 0
    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    last: float = 0.0

    def patience(self) -> float:
        """Seconds that may still pass until the next event."""
        now = time.monotonic()
        total = self.started + self.deadlines.total - now
        if self.characters:
            return min(total, self.last + self.deadlines.between - now)
        return min(total, self.began + self.deadlines.first - now)

    def ended(self, finish: Finish, detail: str = "") -> Completion:
        """The reply's end, with what it took."""
        return Completion(finish, self.usage, detail, self.cost)


def within(seconds: float, work: Callable[[], T]) -> T:
    """What the work returns or raises; TimeoutError where that takes longer.

    The work is then left to itself on a thread that keeps no process alive.
    """
    results: queue.Queue[tuple[T | None, Exception | None]] = queue.Queue(1)

    def run() -> None:
        try:
            results.put((work(), None))
        except Exception as error:  # noqa: BLE001 - the caller gets it
            results.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = results.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"not done within {seconds} s") from None
    if error is not None:
        raise error
    return cast("T", result)
