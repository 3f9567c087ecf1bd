"""The pipeline: question in, events out. ``ask`` consumes ``stream``; there is one path."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from index.embedding import DEFAULT_EMBEDDER, Embedder, Vectors, load_embedder
from index.errors import ModelError
from index.types import Filters, Hit, Paper
from rag import collection
from rag.answer_cache import AnswerCache, Asked
from rag.answering import (
    REASON_NO_HITS,
    LiveCheck,
    Verified,
    answered,
    joined,
    notices_of,
    sources_of,
    verify,
)
from rag.asked import History, checked_history, checked_question
from rag.cancellation import Cancellation
from rag.context import Evidence, draw_fence
from rag.costs import parse_prices, total_usage
from rag.evidence import SURVEYED, Matches, Source
from rag.grounding import Checker
from rag.history import numbers_of
from rag.messages import messages_for, prompt_fingerprint
from rag.models import ChatModel, ChatRequest, Message
from rag.offload import off_the_loop
from rag.planner import Plan, plan
from rag.planning.by_model import needs_model, plan_by_model
from rag.refusing import Refusal, Searched, unknown_names
from rag.reply import Draft, write
from rag.retrieval import gather
from rag.settings import Settings
from rag.types import (
    Answer,
    Checked,
    Claim,
    Event,
    Finished,
    Planned,
    Retrieved,
    Timings,
    Token,
    Turn,
    Usage,
)
from rag.writing import Writer, Written

Numbers = Mapping[str, int]


class Retriever(Source, Protocol):
    """The part of PaperIndex that answering needs."""

    @property
    def location(self) -> str:
        """What names the store."""
        ...

    @property
    def revision(self) -> int:
        """Counts the commits that changed papers."""
        ...

    def query(self, filters: Filters | None = None) -> list[Paper]:
        """The papers that meet the conditions, newest first."""
        ...

    def count(self, filters: Filters | None = None) -> int:
        """The number of papers that meet the conditions."""
        ...

    def nearest(
        self, vector: Vectors, n: int, paper_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """(chunk id, cosine), best first."""
        ...


@dataclass(slots=True)
class _Clock:
    """Milliseconds a stage took, and since the question."""

    started: float
    stage: float

    @classmethod
    def start(cls) -> _Clock:
        now = time.perf_counter()
        return cls(now, now)

    def lap(self) -> float:
        now = time.perf_counter()
        took, self.stage = now - self.stage, now
        return took * 1000

    def since_start(self, moment: float | None = None) -> float:
        return ((moment or time.perf_counter()) - self.started) * 1000


class Assistant:
    """Answers questions from an index with a model. Safe to use from several threads.

    ``today`` tells the day that "last month" is counted from. ``cache`` keeps answers of a
    language model for the next time.
    """

    def __init__(
        self,
        index: Retriever,
        model: ChatModel,
        settings: Settings,
        *,
        rng: random.Random | None = None,
        today: Callable[[], dt.date] = dt.date.today,
        cache: AnswerCache | None = None,
    ) -> None:
        self.index = index
        self.model = model
        self.settings = settings
        self._rng = rng or random.SystemRandom()
        self._today = today
        self._cache = cache if model.mode == "generative" else None
        self._checker = Checker(_bundled(index))
        self._outline: tuple[int, collection.CollectionFacets] | None = None

    def ask(
        self, question: str, *, history: History = (), filters: Filters | None = None
    ) -> Answer:
        """The answer, all at once. Raises what ``stream`` raises."""
        with closing(self._events(question, history, filters, Cancellation())) as events:
            return _last(events)

    def stream(
        self, question: str, *, history: History = (), filters: Filters | None = None
    ) -> Generator[Event, None, None]:
        """The events of an answer: Planned, Retrieved, Tokens, Checked, and Finished last.

        ``history`` holds Turns, or ``{"role", "content"}`` messages, oldest first; the last ten
        turns count. Raises ConfigError for a question that is empty or longer than 4,000
        characters, ModelError where the endpoint refuses, IndexNotReady where the store does.
        Closing the generator hangs up on the model.
        """
        return self._events(question, history, filters, Cancellation())

    def astream(
        self, question: str, *, history: History = (), filters: Filters | None = None
    ) -> AsyncGenerator[Event, None]:
        """``stream`` off the event loop; cancelling hangs up on the model."""
        return off_the_loop(lambda stop: self._events(question, history, filters, stop))

    async def aask(
        self, question: str, *, history: History = (), filters: Filters | None = None
    ) -> Answer:
        """``ask`` off the event loop."""
        answer = None
        async for event in self.astream(question, history=history, filters=filters):
            if isinstance(event, Finished):
                answer = event.answer
        if answer is None:  # pragma: no cover - _events ends with Finished unless cancelled
            raise ModelError("the answer was cancelled")
        return answer

    def close(self) -> None:
        """Lets go of the model's connections and of the index."""
        for part in (self.model, self.index):
            close = getattr(part, "close", None)
            if close is not None:
                close()

    # The stages

    def _events(
        self,
        question: str,
        history: History,
        filters: Filters | None,
        cancellation: Cancellation,
    ) -> Generator[Event, None, None]:
        clock = _Clock.start()
        asked, turns = checked_question(question), checked_history(history)
        wanted, today = filters or Filters(), self._today()
        listed = collection.parse(asked, today=today, facets=self._facets())
        if listed is not None:
            yield from self._list(asked, _within(listed, wanted), clock)
            return
        key = self._cache_key(asked, turns, wanted, today)
        kept = self._cache.get(key) if self._cache else None
        if kept is not None:
            yield from _again(replace(kept, timings_ms=Timings(total=clock.since_start())))
            return
        rng = random.Random(self._rng.getrandbits(128))  # of its own, for each request
        planned, planning = self._plan(asked, turns, wanted, rng, cancellation)
        timings = Timings(plan=clock.lap())
        yield Planned(planned.question, planned.filters)

        clock.lap()
        hits = gather(self.index, planned, self._papers(planned))
        matches = Matches.of(self.index, planned, hits)
        timings = replace(timings, retrieve=clock.lap())
        yield Retrieved(sources_of(hits))

        clock.lap()

        def ask(budget: int) -> ChatRequest:
            evidence = matches.evidence(max_tokens=budget, rng=rng)
            messages = self._messages(asked, turns, evidence, rng)
            most = self.settings.max_output_tokens
            return ChatRequest(
                planned.question, evidence, messages, most, planned.shape, cancellation
            )

        numbers = numbers_of(turns)
        live = LiveCheck(self._checker)
        prices = parse_prices(self.settings.prices) if self.settings.prices else None
        budget = self.settings.max_context_tokens
        writer = Writer(self.model, ask, budget, numbers, live, prices)
        written = yield from writer.write()
        if cancellation.cancelled:
            return
        first = written.draft.first_token
        timings = replace(
            timings, generate=clock.lap(), first_token=clock.since_start(first) if first else 0.0
        )
        blank = self._blank(asked, planned, hits, written, planning)
        evidence = written.draft.resolver.evidence
        request = ChatRequest(planned.question, evidence, shape=planned.shape)
        answer = yield from self._verified(request, written.draft, blank, numbers)
        timings = replace(timings, check=clock.lap(), total=clock.since_start())
        answer = replace(answer, timings_ms=timings)
        if self._cache and answer.mode == "generative" and not answer.notices:
            self._cache.put(key, answer)
        yield Finished(answer)

    def _plan(
        self,
        asked: str,
        turns: Sequence[Turn],
        filters: Filters,
        rng: random.Random,
        cancellation: Cancellation,
    ) -> tuple[Plan, Usage]:
        """The plan by rules, refined by the model where that pays; and what that took."""
        ruled = plan(asked, turns, filters, self.index)
        if self.model.mode == "extractive" or not needs_model(asked, turns, ruled, self.index):
            return ruled, Usage()
        return plan_by_model(
            self.model, asked, turns, ruled, papers=self.index, rng=rng, cancellation=cancellation
        )

    def _papers(self, planned: Plan) -> int:
        most = self.settings.top_papers
        return max(most, SURVEYED) if planned.shape == "many" else most

    def _cache_key(
        self, asked: str, turns: Sequence[Turn], filters: Filters, today: dt.date
    ) -> str:
        if self._cache is None:
            return ""
        told = prompt_fingerprint()
        store, revision = self.index.location, self.index.revision
        return Asked(asked, turns, filters, store, revision, told, today).key(self.settings)

    def _list(
        self, asked: str, query: collection.CollectionQuery, clock: _Clock
    ) -> Generator[Event, None, None]:
        """A question about the collection: answered from all of it, no model needed."""
        timings = Timings(plan=clock.lap())
        yield Planned(query.reading or asked, query.filters)
        parts = collection.answer_parts(collection.run(query, self.index))
        timings = replace(timings, retrieve=clock.lap(), first_token=clock.since_start())
        yield Retrieved(parts.sources)
        yield Token(parts.text, parts.citations)
        for claim in parts.claims:
            yield Checked(claim)
        answer = Answer(
            question=asked,
            rewritten_question=query.reading or asked,
            text=parts.text,
            claims=parts.claims,
            citations=parts.citations,
            sources=parts.sources,
            abstained=False,
            reason=None,
            mode="extractive",
            model="collection",
            cost_usd=0.0,
            timings_ms=replace(timings, total=clock.since_start()),
        )
        yield Finished(answer)

    def _facets(self) -> collection.CollectionFacets:
        """The collection in outline, made anew when papers change."""
        revision = self.index.revision
        if self._outline is None or self._outline[0] != revision:
            self._outline = revision, collection.facets_of(self.index.query())
        return self._outline[1]

    def _blank(
        self, asked: str, planned: Plan, hits: Sequence[Hit], written: Written, planning: Usage
    ) -> Answer:
        """The answer before there is a text."""
        cost = written.cost_usd
        if planning != Usage() and cost is not None and not self.settings.prices:
            cost = None  # the endpoint's own figure leaves the planning out
        return Answer(
            question=asked,
            rewritten_question=planned.question,
            text="",
            claims=(),
            citations=(),
            sources=sources_of(hits),
            abstained=True,
            reason=None if hits else REASON_NO_HITS,
            mode=written.mode,
            model=written.model,
            usage=total_usage(written.usage, planning),
            cost_usd=cost,
            prompt_fingerprint=prompt_fingerprint() if self.model.mode == "generative" else "",
            notices=written.notices,
        )

    def _messages(
        self, asked: str, turns: Sequence[Turn], evidence: Evidence, rng: random.Random
    ) -> tuple[Message, ...]:
        """What a language model is told; the others read the evidence itself."""
        if self.model.mode == "extractive":
            return ()
        return messages_for(asked, turns, evidence, draw_fence(rng))

    def _verified(
        self, request: ChatRequest, draft: Draft, answer: Answer, numbers: Numbers
    ) -> Generator[Event, None, Answer]:
        """The answer with its claims checked; a refusal that helps where nothing stands."""
        said = verify(draft, self._checker, withhold=self._withholds, numbers=numbers)
        answer = replace(answer, notices=(*answer.notices, *notices_of(draft, said)))
        if said.citations and not draft.opens_with_refusal:
            yield from _told(said.claims)
            absent = [f'No paper here mentions "{name}".' for name in self._unknown(request)]
            return answered(replace(answer, notices=(*answer.notices, *absent)), said)
        if not (said.citations or draft.refused):
            said = Verified("", (), ())
        tail = yield from self._refuse(request, said, numbers)
        yield from _told((*said.claims, *tail.claims))
        reason = answer.reason
        answer = answered(answer, joined(said, tail), abstained=True)
        return replace(answer, reason=reason or answer.reason)

    def _unknown(self, request: ChatRequest) -> tuple[str, ...]:
        return unknown_names(request.question, self.index, request.evidence.papers)

    @property
    def _withholds(self) -> bool:
        return True

    def _refuse(
        self, request: ChatRequest, said: Verified, numbers: Numbers
    ) -> Generator[Event, None, Verified]:
        """What was looked for and what comes near, below what the model said of it."""
        facets = self._facets()
        refusal = Refusal(
            Searched(facets.papers, facets.first_date, facets.last_date),
            self._unknown(request),
            quotes=not said.citations,
        )
        given = {**numbers, **{c.paper.id: c.marker for c in said.citations}}
        if said.text:
            yield Token("\n\n")
        draft = yield from write(refusal, request, given)
        return verify(draft, self._checker, withhold=False, numbers=given)


@cache
def _minilm() -> Embedder:
    return load_embedder()


def _bundled(index: Retriever) -> Callable[[Sequence[str]], Vectors]:
    """Embeds with the bundled model, which the checker was fitted to: the store's, if it has it."""

    def embed(texts: Sequence[str]) -> Vectors:
        own = index.embedder
        return (own if own.spec == DEFAULT_EMBEDDER else _minilm()).embed(texts)

    return embed


def _told(claims: Sequence[Claim]) -> Iterator[Checked]:
    yield from (Checked(claim) for claim in claims)


def _within(query: collection.CollectionQuery, filters: Filters) -> collection.CollectionQuery:
    """The query, kept within the filters that were set from outside."""
    return replace(query, filters=query.filters.also(filters)) if filters else query


def _again(answer: Answer) -> Iterator[Event]:
    """The events of an answer that was kept."""
    yield Planned(answer.rewritten_question, Filters())
    yield Retrieved(answer.sources)
    yield Token(answer.text, answer.citations)
    yield from _told(answer.claims)
    yield Finished(replace(answer, cached=True))


def _last(events: Iterator[Event]) -> Answer:
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise ModelError("the answer was cancelled")  # pragma: no cover - see aask
