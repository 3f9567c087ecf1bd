"""The refusal phrase, taken out of a reply while it streams."""

from __future__ import annotations

from dataclasses import dataclass

from prompts import SENTINEL

_AFTER_SENTINEL = " \t\n:.,;—–-*_`\"'"


@dataclass(slots=True)
class SentinelFilter:
    """Takes the refusal phrase out of a stream; ``found`` says whether it was there.

    ``leads`` says whether it came before any word, and ``after`` is the text that followed the
    last one. Text is held back only while it may still become the phrase. Two words that it stood
    between stay two, so that taking it out never makes it up.
    """

    found: bool = False
    leads: bool = False
    after: str = ""
    _begun: bool = False  # a word has come
    _held: str = ""
    _trimming: bool = False  # right after the phrase: its punctuation goes too
    _last: str = ""  # the character that passed last

    def feed(self, piece: str) -> str:
        """The text that is known not to be part of the phrase."""
        self._held += piece
        ready, tail = "", 0
        while SENTINEL in self._held:
            before, _, self._held = self._held.partition(SENTINEL)
            ready += self._trimmed(before)
            self.leads = self.leads or not (self._begun or has_words(before))
            self.found = self._trimming = True
            self.after, tail = "", len(ready)
        length = next(n for n in range(len(SENTINEL), -1, -1) if self._may_begin(n))
        end = len(self._held) - length
        ready += self._trimmed(self._held[:end])
        self._held = self._held[end:]
        self._begun = self._begun or self.found or has_words(ready)
        self.after += ready[tail:] if self.found else ""
        return ready

    def _trimmed(self, text: str) -> str:
        if self._trimming:
            text = text.lstrip(_AFTER_SENTINEL)
            self._trimming = not text
            if _in_word(self._last) and _in_word(text[:1]):
                text = f" {text}"
        self._last = text[-1:] or self._last
        return text

    def _may_begin(self, length: int) -> bool:
        return length < len(SENTINEL) and self._held.endswith(SENTINEL[:length])

    def finish(self) -> str:
        """What is still held back."""
        rest, self._held = self._trimmed(self._held), ""
        self.after += rest if self.found else ""
        return rest


def _in_word(c: str) -> bool:
    return c.isalnum() or c == "_"


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit."""
    return any(c.isalnum() for c in text)
