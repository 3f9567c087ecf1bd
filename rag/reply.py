"""A model's stream -> final text: its bad manners mended, its markers resolved.

Each filter passes on what it knows to be text and holds back what it can't tell yet, so that what
has been streamed is the final text.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from index.errors import ConfigError
from index.sentences import sentence_spans
from prompts import SENTINEL, SHIPPED, PromptError, Prompts
from rag.citations import MarkerResolver
from rag.closing import closing_iterator
from rag.context import Evidence
from rag.models import ChatModel, ChatRequest, Completion, Message
from rag.models.declining import declines, may_decline
from rag.models.reasoning import ReasoningFilter
from rag.models.repetition import RepetitionGuard
from rag.models.sentinel import SentinelFilter, has_words
from rag.models.sourcelists import SourceListFilter
from rag.models.wrapping import Unwrapper
from rag.numbering import MARKER
from rag.quoting import QuoteResolver
from rag.types import Checked, Claim, Token

_LONGEST_REPLY = 4_000  # characters of a reply that a reminder repeats
_BRACKETED = re.compile(r"[ \t]?[\[【][^\[\]【】\n]{0,200}[\]】]")


@dataclass(slots=True)
class Draft:
    """A reply as it stands when the model has ended.

    ``refused``: it holds the refusal phrase. ``opens_with_refusal``: before any other word.
    ``declined``: it is a refusal of the model's own; then it counts as empty. ``missing``: what
    follows the phrase, which should be one sentence on what the papers do not tell. ``told``: the
    claims whose verdicts were told while it streamed.
    """

    resolver: MarkerResolver
    refused: bool = False
    opens_with_refusal: bool = False
    declined: bool = False
    missing: str = ""
    completion: Completion = field(default_factory=lambda: Completion("empty"))
    first_token: float | None = None
    told: tuple[Claim, ...] = ()

    @classmethod
    def empty(cls, evidence: Evidence) -> Draft:
        """A reply of nothing."""
        return cls(MarkerResolver(evidence))

    @property
    def text(self) -> str:
        """The final text."""
        return "" if self.declined else self.resolver.text.rstrip()

    def says_what_is_missing(self, sentence: str) -> bool:
        """Whether this is the one sentence that needs no citation: the first after the phrase."""
        missing = _BRACKETED.sub("", self.missing)
        sentences = (missing[start:end] for start, end in sentence_spans(missing))
        return _bare(sentence) == _bare(next(filter(has_words, sentences), ""))

    @property
    def says_something(self) -> bool:
        """Whether there is more than markers and punctuation."""
        return has_words(MARKER.sub("", self.text))


def _bare(sentence: str) -> str:
    """A sentence without what makes it an item of a list, or bold."""
    return " ".join(sentence.split()).strip(" -*•_")


class Filter(Protocol):
    """A stage of the way from a model's text to prose with keys."""

    def feed(self, piece: str) -> str:
        """The text that is known to pass."""
        ...

    def finish(self) -> str:
        """What is still held back, at the end."""
        ...


@dataclass(slots=True)
class _Reader:
    """A language model's text on its way through all filters to the resolver, and to the reader."""

    evidence: Evidence
    numbers: Mapping[str, int]
    reasoning: ReasoningFilter = field(default_factory=ReasoningFilter)
    repetition: RepetitionGuard = field(init=False)
    sentinel: SentinelFilter = field(init=False)
    sources: SourceListFilter = field(init=False)
    resolver: MarkerResolver = field(init=False)
    _filters: tuple[Filter, ...] = field(init=False)
    _waiting: list[Token] = field(default_factory=list)  # while it may be a refusal of its own
    _begun: bool = False

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        """Begins with the text: first, and again where all before it was reasoning."""
        self.repetition = RepetitionGuard()
        self.sentinel, self.sources = SentinelFilter(), SourceListFilter()
        self._filters = (Unwrapper(), self.repetition, self.sentinel, self.sources)
        self.resolver = MarkerResolver(self.evidence, self.numbers)
        self._waiting = []

    def feed(self, piece: str) -> Iterator[Token]:
        """The final text that a piece of the reply completes."""
        text = self.reasoning.feed(piece)
        if self.reasoning.restarted:
            self._start()
        for stage in self._filters:
            text = stage.feed(text)
        yield from self._resolve(text)

    def finish(self) -> Iterator[Token]:
        """What was held back, at the end of the reply."""
        text = self.reasoning.finish()
        if self.reasoning.restarted:
            self._start()
        for stage in self._filters:
            text = stage.feed(text) + stage.finish()
        yield from self._resolve(text)
        yield from self._resolve(None)
        self.resolver.removed.update(self.sources.removed)
        if not self.declined:
            yield from self._waiting

    @property
    def declined(self) -> bool:
        """Whether the text is a refusal of the model's own."""
        cited = self.resolver.citations or self.sentinel.found
        return not cited and declines(self.resolver.text)

    def _resolve(self, text: str | None) -> Iterator[Token]:
        token = _resolve(self.resolver, text)
        if token is None:
            return
        if self._begun:
            yield token
            return
        self._waiting.append(token)
        if self.resolver.citations or not may_decline(self.resolver.text):
            self._begun = True
            yield from self._waiting
            self._waiting = []


Watch = Callable[[MarkerResolver], Iterable[Checked]]


def write(
    model: ChatModel,
    request: ChatRequest,
    numbers: Mapping[str, int] | None = None,
    watch: Watch = lambda _: (),
) -> Generator[Token | Checked, None, Draft]:
    """Streams the model's reply as Tokens; returns the Draft. Closing it hangs up.

    ``numbers``: paper id -> the marker that it has in the conversation. ``watch`` looks at the
    text after each piece, and what it has to say of it is passed on. The tokens make up the
    draft's text, except where a closing tag alone told that what came before was reasoning.
    """
    if model.mode == "extractive":
        return (yield from _quote(model, request, numbers or {}))
    reader = _Reader(request.evidence, numbers or {})
    completion, first = Completion("empty"), None
    told: list[Claim] = []
    with closing_iterator(model.stream(request)) as stream:
        for item in stream:
            if isinstance(item, Completion):
                completion = item
                continue
            for token in reader.feed(item):
                first = first or time.perf_counter()
                yield token
                for checked in watch(reader.resolver):
                    told.append(checked.claim)
                    yield checked
            if reader.repetition.looping:
                completion = Completion("truncated", detail="the reply went round in circles")
                break
    for token in reader.finish():
        first = first or time.perf_counter()
        yield token
    sentinel = reader.sentinel
    draft = Draft(reader.resolver, sentinel.found, sentinel.leads, reader.declined, sentinel.after)
    draft.completion, draft.first_token = _judged(completion, draft, reader), first
    draft.told = tuple(told)
    return draft


def _judged(completion: Completion, draft: Draft, reader: _Reader) -> Completion:
    """How a reply ended, where its text tells more of it than the model did."""
    if draft.declined:
        said = " ".join(reader.resolver.text.split())[:100]
        return replace(completion, finish="empty", detail=f"the model declined: “{said}”")
    if reader.reasoning.found and not draft.says_something and not draft.refused:
        return replace(completion, finish="empty", detail="the reply is reasoning and no answer")
    return completion


def _quote(
    model: ChatModel, request: ChatRequest, numbers: Mapping[str, int]
) -> Generator[Token, None, Draft]:
    """``write`` for a model that quotes: nothing in a paper's words is read as manners."""
    draft = Draft(QuoteResolver(request.evidence, numbers))
    with closing_iterator(model.stream(request)) as stream:
        for item in stream:
            if isinstance(item, Completion):
                draft.completion = item
            elif token := _resolve(draft.resolver, item):
                draft.first_token = draft.first_token or time.perf_counter()
                yield token
    return draft


def needs_reminder(draft: Draft) -> bool:
    """Whether a reply ended well and yet cites nothing, so that one more try is worth it."""
    ended = draft.completion.finish == "complete"
    return ended and draft.says_something and not (draft.refused or draft.resolver.citations)


def with_reminder(request: ChatRequest, draft: Draft, templates: Prompts = SHIPPED) -> ChatRequest:
    """The request again, with the reply that cites nothing and a reminder of how to cite.

    Raises ConfigError for a broken prompt file.
    """
    try:
        reminder = templates.render("answer_reminder", sentinel=SENTINEL)
    except PromptError as error:
        raise ConfigError(str(error)) from error
    talk = (Message("assistant", draft.text[:_LONGEST_REPLY]), Message("user", reminder))
    return replace(request, messages=(*request.messages, *talk))


def _resolve(resolver: MarkerResolver, text: str | None) -> Token | None:
    """The next piece of final text; None as text gives what the resolver still holds."""
    if text == "":
        return None
    resolved = resolver.finish() if text is None else resolver.feed(text)
    return Token(resolved.text, resolved.citations) if resolved.text or resolved.citations else None
