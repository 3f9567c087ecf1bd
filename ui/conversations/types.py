"""What kept conversations look like from outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from index.errors import PaperchatError
from rag.types import Turn
from ui.view import Exchange


class NotKept(PaperchatError):
    """A conversation or an answer that isn't there for this user, or a file that takes no more."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: ``updated`` is when its latest answer was kept, in UTC."""

    id: str
    title: str
    updated: dt.datetime
    turns: int


@dataclass(frozen=True, slots=True)
class Rating:
    """A thumb, with the answer as it was when it was rated and what had been said before it.

    ``up``: whether the thumb points up. ``rated``: when, in UTC. ``exchange`` and ``history`` are
    copies: they stay as they are when the answer is asked for again or undone.
    """

    user: str
    conversation: str
    number: int
    up: bool
    note: str
    rated: dt.datetime
    exchange: Exchange
    history: tuple[Turn, ...]
