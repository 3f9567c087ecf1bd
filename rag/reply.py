"""A model's stream -> final text, markers resolved, the refusal phrase taken out."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from prompts import SENTINEL
from rag.citations import MARKER, MarkerResolver
from rag.context import Evidence
from rag.models import ChatModel, ChatRequest, Completion
from rag.quoting import QuoteResolver
from rag.types import Token

_T = TypeVar("_T")
_AFTER_SENTINEL = " \t\n:.,;—–-*_`\"'"


@dataclass(slots=True)
class SentinelFilter:
    """Takes the refusal phrase out of a stream; ``found`` says whether it was there.

    ``leads`` says whether it came before any word. Text is held back only while it may still
    become the phrase.
    """

    found: bool = False
    leads: bool = False
    _begun: bool = False  # a word has come
    _held: str = ""
    _trimming: bool = False  # right after the phrase: its punctuation goes too

    def feed(self, piece: str) -> str:
        """The text that is known not to be part of the phrase."""
        self._held += piece
        ready = ""
        while SENTINEL in self._held:
            before, _, self._held = self._held.partition(SENTINEL)
            ready += self._trimmed(before)
            self.leads = self.leads or not (self._begun or _has_words(before))
            self.found = self._trimming = True
        length = next(n for n in range(len(SENTINEL), -1, -1) if self._may_begin(n))
        end = len(self._held) - length
        ready += self._trimmed(self._held[:end])
        self._held = self._held[end:]
        self._begun = self._begun or self.found or _has_words(ready)
        return ready

    def _trimmed(self, text: str) -> str:
        if self._trimming:
            text = text.lstrip(_AFTER_SENTINEL)
            self._trimming = not text
        return text

    def _may_begin(self, length: int) -> bool:
        return length < len(SENTINEL) and self._held.endswith(SENTINEL[:length])

    def finish(self) -> str:
        """What is still held back."""
        rest, self._held = self._trimmed(self._held), ""
        return rest


def _has_words(text: str) -> bool:
    return any(c.isalnum() for c in text)


@dataclass(slots=True)
class Draft:
    """A reply as it stands when the model has ended.

    ``refused``: it holds the refusal phrase. ``opens_with_refusal``: before any other word.
    """

    resolver: MarkerResolver
    refused: bool = False
    opens_with_refusal: bool = False
    completion: Completion = field(default_factory=lambda: Completion("empty"))
    first_token: float | None = None

    @classmethod
    def empty(cls, evidence: Evidence) -> Draft:
        """A reply of nothing."""
        return cls(MarkerResolver(evidence))

    @property
    def text(self) -> str:
        """The final text."""
        return self.resolver.text.rstrip()

    @property
    def says_something(self) -> bool:
        """Whether there is more than markers and punctuation."""
        return _has_words(MARKER.sub("", self.resolver.text))


def write(model: ChatModel, request: ChatRequest) -> Generator[Token, None, Draft]:
    """Streams the model's reply as Tokens; returns the Draft. Closing it hangs up."""
    quoting = model.mode == "extractive"
    resolver = (QuoteResolver if quoting else MarkerResolver)(request.evidence)
    draft = Draft(resolver)
    sentinel = SentinelFilter()
    with closing_iterator(model.stream(request)) as stream:
        for item in stream:
            if isinstance(item, Completion):
                draft.completion = item
                continue
            # A paper that holds the phrase is quoted with it: it refuses nothing.
            if token := _resolve(resolver, item if quoting else sentinel.feed(item)):
                draft.first_token = draft.first_token or time.perf_counter()
                yield token
    for text in (sentinel.finish(), None):
        if token := _resolve(resolver, text):
            draft.first_token = draft.first_token or time.perf_counter()
            yield token
    draft.refused, draft.opens_with_refusal = sentinel.found, sentinel.leads
    return draft


def _resolve(resolver: MarkerResolver, text: str | None) -> Token | None:
    """The next piece of final text; None as text gives what the resolver still holds."""
    if text == "":
        return None
    resolved = resolver.finish() if text is None else resolver.feed(text)
    return Token(resolved.text, resolved.citations) if resolved.text or resolved.citations else None


@contextmanager
def closing_iterator(iterator: Iterator[_T]) -> Iterator[Iterator[_T]]:
    """Closes a generator on the way out, whatever the way."""
    try:
        yield iterator
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
