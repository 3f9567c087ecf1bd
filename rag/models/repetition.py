"""Notices that a reply goes round in circles, and holds the circle back."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

_TOKEN = re.compile(r"(\w{1,30}|[^\w\s]{1,30})(\s?)|(\s)")
_LONGEST_ROUND = 150  # tokens: a paragraph
_FEWEST_REPEATED = 24  # tokens that only repeat what came before


@dataclass(slots=True)
class RepetitionGuard:
    """Passes text on as long as it is new, in words.

    Words that repeat those ``n`` before them, for any n up to 150, are held back until one
    differs. ``looping`` is set when there are at least 24 of them, and they make up two more
    rounds or more: then they are dropped, and nothing more is passed on. Numbers that only count
    the items of a list are no difference.
    """

    looping: bool = False
    _partial: str = ""  # a token that may go on
    _count: int = 0  # tokens so far, and where each word stood among them
    _places: dict[str, deque[int]] = field(default_factory=dict)
    _runs: dict[int, int] = field(default_factory=dict)  # distance -> tokens that repeat
    _held: list[str] = field(default_factory=list)  # a segment a token: it, and spaces around it
    _number: str = ""  # a list item's number, which goes with the token after it
    _at_line_start: bool = True

    def feed(self, piece: str) -> str:
        """The text that repeats nothing."""
        if self.looping:
            return ""
        text, self._partial = self._partial + piece, ""
        passed, position = [], 0
        for found in _TOKEN.finditer(text):
            token = found[1] or ""
            if token and found.end(1) == len(text) and len(token) < 30:
                break  # it may go on in the next piece
            passed.append(self._take(found[0], token))
            self._at_line_start = found[0].endswith("\n")
            position = found.end()
            if self.looping:
                return "".join(passed)
        self._partial = text[position:]
        return "".join(passed)

    def finish(self) -> str:
        """What is still held back; nothing of a loop."""
        rest = self._partial
        self._partial = ""
        last = self._take(rest, rest.strip()) if rest and not self.looping else ""
        text = "".join([last, *self._held, self._number])
        self._held, self._number = [], ""
        return text

    def _take(self, segment: str, token: str) -> str:
        """Notes a token; gives the segments that are new for certain."""
        if token.isdigit() and len(token) <= 3 and self._at_line_start:
            self._number += segment
            return ""
        segment, self._number = self._number + segment, ""
        if not token:
            if not self._held:
                return segment
            self._held[-1] += segment
            return ""
        self._held.append(segment)
        longest = self._note(token.casefold())
        ready = self._held[: len(self._held) - longest]
        self._held = [] if self.looping else self._held[len(self._held) - longest :]
        return "".join(ready)

    def _note(self, token: str) -> int:
        """How many tokens up to this one repeat those before them, at the distance most do."""
        places = self._places.setdefault(token, deque(maxlen=_LONGEST_ROUND))
        distances = (self._count - place for place in places)
        self._runs = {
            distance: self._runs.get(distance, 0) + 1
            for distance in distances
            if distance <= _LONGEST_ROUND
        }
        self.looping = any(
            run >= max(2 * distance, _FEWEST_REPEATED) for distance, run in self._runs.items()
        )
        places.append(self._count)
        self._count += 1
        return max(self._runs.values(), default=0)
