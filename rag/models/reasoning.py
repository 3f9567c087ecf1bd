"""Takes a model's reasoning, and marks of its chat template, out of the stream of a reply."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = "think|thinking|thoughts?|reasoning|reflection|scratchpad|seed:think"
_OPENS = re.compile(
    rf"<(?:{_NAMES})\s?>|◁think▷|<\|channel\|>(?:analysis|commentary)[^<\n]{{0,40}}<\|message\|>",
    re.IGNORECASE,
)
_CLOSES = re.compile(rf"</(?:{_NAMES})\s?>|◁/think▷|<\|channel\|>final<\|message\|>", re.IGNORECASE)
_FRAME = re.compile(
    r"</?(?:answer|final_answer|response|output)\s?>|<\|start\|>assistant|<\|[\w ]{1,30}\|>",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"<(?:/?[\w:]{0,14}\s?|\|[\w ]{0,30}\|?|\|channel\|>\w{0,12}[^<\n]{0,40}(?:<\|?\w{0,8}\|?)?|"
    r"\|start\|>\w{0,9})|◁/?\w{0,6}"
)
_STARTS = re.compile("[<◁]")
_LONGEST_CLOSING = 40


@dataclass(slots=True)
class ReasoningFilter:
    """Passes on what a reply says besides ``<think>...</think>`` and the like.

    A block opens at the beginning of a line only, so that an answer may speak of such tags; one
    that is never closed goes to the end. Some servers send the closing tag alone: everything
    before it was reasoning. ``restarted`` then says that what was passed on before the last
    ``feed`` is void. ``found`` says whether there was reasoning at all.
    """

    found: bool = False
    restarted: bool = False
    _inside: bool = False
    _void: bool = False  # a closing tag alone has just been taken out
    _at_line_start: bool = True
    _held: str = ""

    def feed(self, piece: str) -> str:
        """The text that is known not to be reasoning."""
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> str:
        """What is still held back."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        passed = ""
        self.restarted = False
        while self._held:
            if self._inside:
                if not self._leave():
                    break
                continue
            begins = _STARTS.search(self._held)
            end = begins.start() if begins else len(self._held)
            passed += self._pass(end)
            if not self._held:
                break
            length = self._tag(final=final)
            if length is None:
                break
            if self._void:
                passed, self._void, self.restarted = "", False, True
            passed += self._pass(length)
        return passed

    def _leave(self) -> bool:
        """Goes on behind the end of a block; False where it has not come."""
        found = _CLOSES.search(self._held)
        if found is None:
            self._held = self._held[-_LONGEST_CLOSING:]
            return False
        self._held = self._held[found.end() :]
        self._inside, self._at_line_start = False, True
        return True

    def _tag(self, *, final: bool) -> int | None:
        """Takes out a tag that stands first; gives the characters that are text, or None: wait."""
        opens, closes = _OPENS.match(self._held), _CLOSES.match(self._held)
        if opens and self._at_line_start:
            self._inside = True
            return self._take_out(opens.end())
        if closes:
            behind = self._held[closes.end() : closes.end() + 1]
            if not (behind or final or self._at_line_start):
                return None
            self._void = self._at_line_start or behind in ("", "\n")
            return self._take_out(closes.end()) if self._void else closes.end()
        if not final and _UNDECIDED.fullmatch(self._held):
            return None
        if frame := _FRAME.match(self._held):
            self._held = self._held[frame.end() :]
            return 0
        return opens.end() if opens else 1

    def _take_out(self, end: int) -> int:
        self._held = self._held[end:]
        self.found = True
        return 0

    def _pass(self, end: int) -> str:
        text, self._held = self._held[:end], self._held[end:]
        if text:
            last = text.rpartition("\n")[2]
            self._at_line_start = not last.strip() and (self._at_line_start or "\n" in text)
        return text
