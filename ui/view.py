"""What the page knows about a conversation. Pure but for ``Conversation``, which one tab owns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from index.types import Filters
from rag.types import (
    Answer,
    Checked,
    Citation,
    Claim,
    Event,
    Finished,
    Planned,
    Retrieved,
    Source,
    Token,
    Turn,
)

Status = Literal["searching", "reading", "writing", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Coming:
    """Papers that are being added to a new store: so many of so many, or why that failed.

    ``total`` is 0 before it is known.
    """

    done: int = 0
    total: int = 0
    failed: str = ""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the page says about the collection and the model.

    ``mode`` is "extractive" (quotes only, no language model) or "generative"; ``pages`` are the
    names that papers can be filtered by; ``first`` and ``last`` are the earliest and the latest
    known date. ``coming`` tells of the papers that are being added to a new store.
    """

    papers: int
    model: str
    mode: str
    pages: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    coming: Coming | None = None

    @property
    def askable(self) -> bool:
        """Whether there is, or will be, anything to ask about."""
        return self.papers > 0 or (self.coming is not None and not self.coming.failed)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and as much of its answer as has come. ``number`` counts from 1.

    ``given`` are the filters that it was asked with; they replace what the question implies
    where it is not ``understood``. ``filters`` are those in force.
    """

    number: int
    question: str
    given: Filters = field(default_factory=Filters)
    understood: bool = True
    status: Status = "searching"
    rewritten: str = ""
    filters: Filters = field(default_factory=Filters)
    sources: tuple[Source, ...] = ()
    text: str = ""
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    answer: Answer | None = None
    error: str = ""

    @property
    def abstained(self) -> bool:
        """Whether this is a refusal."""
        return self.answer is not None and self.answer.abstained

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self.status in ("searching", "reading", "writing")


def advance(exchange: Exchange, event: Event) -> Exchange:
    """The exchange after one event. ``Finished`` replaces what was streamed."""
    match event:
        case Planned(question, filters):
            return replace(exchange, rewritten=question, filters=filters)
        case Retrieved(sources):
            return replace(exchange, sources=sources, status="reading")
        case Token(text, citations):
            return replace(
                exchange,
                text=exchange.text + text,
                citations=exchange.citations + citations,
                status="writing",
            )
        case Checked(claim):
            return replace(exchange, claims=_with(exchange.claims, claim))
        case Finished(answer):
            return replace(
                exchange,
                rewritten=answer.rewritten_question,
                sources=answer.sources,
                text=answer.text,
                citations=answer.citations,
                claims=answer.claims,
                answer=answer,
                status="done",
            )


class Conversation:
    """The exchanges of one open page, oldest first. Not shared between pages.

    ``key`` is the id of the kept conversation, "" before there is one. ``replacing`` is the number
    of the exchange that the next question replaces, with all after it; ``adjusting`` that of the
    one whose filters the fields show. ``kept`` are the numbers of those that were kept from here or
    found kept: what another page has kept since is not among them.
    """

    def __init__(self, exchanges: Iterable[Exchange] = (), key: str = "") -> None:
        self.key = key
        self.replacing: int | None = None
        self.adjusting: int | None = None
        self._exchanges = {exchange.number: exchange for exchange in exchanges}
        self.kept = set(self._exchanges) if key else set()
        self._begun = max(self._exchanges, default=0)
        self._markup: dict[int, str] = {}

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges.values()))

    def __len__(self) -> int:
        return len(self._exchanges)

    @property
    def last(self) -> Exchange | None:
        """The latest exchange, None before the first question."""
        return self._exchanges[max(self._exchanges)] if self._exchanges else None

    def begin(
        self, question: str, given: Filters | None = None, *, understood: bool = True
    ) -> Exchange:
        """A new exchange at the end. Numbers are never used twice, not even after ``clear``."""
        self._begun += 1
        exchange = Exchange(self._begun, question, given or Filters(), understood)
        self._exchanges[exchange.number] = exchange
        return exchange

    def drop_from(self, number: int) -> tuple[int, ...]:
        """Forgets this exchange and all after it; returns their numbers."""
        gone = tuple(known for known in self._exchanges if known >= number)
        for later in gone:
            del self._exchanges[later]
            self._markup.pop(later, None)
        return gone

    def become(self, other: Conversation) -> None:
        """Holds what another one holds. Numbers go on, so that no two answers share one."""
        self.key, self.replacing, self.adjusting = other.key, None, None
        self._exchanges, self._markup = dict(other._exchanges), {}
        self.kept = set(other.kept)
        self._begun = max(self._begun, other._begun)

    def join(self, found: Conversation, number: int, now: int) -> None:
        """Takes in what another page has added to the conversation as it is ``found`` kept; the
        exchange of this ``number`` has another number ``now``."""
        del self._exchanges[number]
        self._markup.pop(number, None)
        added = {e.number: e for e in found if e.number not in self.kept}
        self._exchanges = dict(sorted((self._exchanges | added).items()))
        self.kept |= set(added)
        self._begun = max(self._begun, found._begun, now)

    def put(self, exchange: Exchange) -> bool:
        """Stores a newer state of an exchange; False where it was stopped or cleared meanwhile."""
        known = self._exchanges.get(exchange.number)
        if known is None or not known.running:
            return False
        self._exchanges[exchange.number] = exchange
        return True

    def find(self, number: int) -> Exchange | None:
        """The exchange of this number."""
        return self._exchanges.get(number)

    def markup(self, exchange: Exchange, write: Callable[[Exchange], str]) -> str:
        """What ``write`` makes of the exchange; kept once the exchange has ended."""
        if exchange.running:
            return write(exchange)
        if exchange.number not in self._markup:
            self._markup[exchange.number] = write(exchange)
        return self._markup[exchange.number]

    def clear(self) -> None:
        """Forgets everything; what comes next is another conversation."""
        self.become(Conversation())

    def history(self) -> tuple[Turn, ...]:
        """The exchanges that were answered, for follow-up questions."""
        return tuple(Turn(e.question, e.text, _cited(e)) for e in self if e.status == "done")


def _cited(exchange: Exchange) -> tuple[tuple[int, str], ...]:
    return tuple(dict.fromkeys((c.marker, c.paper.id) for c in exchange.citations))


def _with(claims: tuple[Claim, ...], told: Claim) -> tuple[Claim, ...]:
    """The claims with one more; or with its new verdict, where it was told before."""
    if any((claim.text, claim.markers) == (told.text, told.markers) for claim in claims):
        return tuple(
            told if (claim.text, claim.markers) == (told.text, told.markers) else claim
            for claim in claims
        )
    return (*claims, told)
