"""The pipeline: question in, events out. ``ask`` consumes ``stream``; there is one path."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from index.embedding import Vectors
from index.errors import ModelError, Rejected
from index.types import Filters, Paper
from rag import collection
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
from rag.evidence import Found, Source, find
from rag.grounding import Checker
from rag.history import numbers_of
from rag.messages import messages_for, prompt_fingerprint
from rag.models import ChatModel, ChatRequest, Message
from rag.models.extractive import ExtractiveModel
from rag.offload import off_the_loop
from rag.planner import Plan, plan
from rag.refusing import Refusal, Searched, unknown_names
from rag.reply import Draft, write
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
)

Numbers = Mapping[str, int]


class Retriever(Source, Protocol):
    """The part of PaperIndex that answering needs."""

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

    ``today`` tells the day that "last month" is counted from.
    """

    def __init__(
        self,
        index: Retriever,
        model: ChatModel,
        settings: Settings,
        *,
        rng: random.Random | None = None,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self.index = index
        self.model = model
        self.settings = settings
        self._rng = rng or random.SystemRandom()
        self._today = today
        self._checker = Checker(lambda texts: index.embedder.embed(texts))
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
        wanted = filters or Filters()
        listed = collection.parse(asked, today=self._today(), facets=self._facets())
        if listed is not None:
            yield from self._list(asked, _within(listed, wanted), clock)
            return
        planned = plan(asked, turns, wanted, self.index)
        timings = Timings(plan=clock.lap())
        yield Planned(planned.question, planned.filters)

        clock.lap()
        rng = random.Random(self._rng.getrandbits(128))  # of its own, for each request
        found = find(
            self.index,
            planned,
            papers=self.settings.top_papers,
            max_tokens=self.settings.max_context_tokens,
            rng=rng,
        )
        timings = replace(timings, retrieve=clock.lap())
        answer = self._blank(asked, planned, found)
        yield Retrieved(answer.sources)

        clock.lap()
        request = ChatRequest(
            planned.question,
            found.evidence,
            self._messages(asked, turns, found.evidence, rng),
            self.settings.max_output_tokens,
            planned.shape,
            cancellation,
        )
        draft, answer = yield from self._write(request, answer, numbers_of(turns))
        if cancellation.cancelled:
            return
        first = clock.since_start(draft.first_token) if draft.first_token else 0.0
        timings = replace(timings, generate=clock.lap(), first_token=first)
        answer = yield from self._verified(request, draft, answer, numbers_of(turns))
        timings = replace(timings, check=clock.lap(), total=clock.since_start())
        yield Finished(replace(answer, timings_ms=timings))

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

    def _blank(self, asked: str, planned: Plan, found: Found) -> Answer:
        """The answer before there is a text."""
        generative = self.model.mode == "generative" and bool(found.hits)
        return Answer(
            question=asked,
            rewritten_question=planned.question,
            text="",
            claims=(),
            citations=(),
            sources=sources_of(found.hits),
            abstained=True,
            reason=None if found.hits else REASON_NO_HITS,
            mode=self.model.mode,
            model=self.model.spec,
            prompt_fingerprint=prompt_fingerprint() if generative else "",
        )

    def _messages(
        self, asked: str, turns: Sequence[Turn], evidence: Evidence, rng: random.Random
    ) -> tuple[Message, ...]:
        """What a language model is told; the others read the evidence itself."""
        if self.model.mode == "extractive":
            return ()
        return messages_for(asked, turns, evidence, draw_fence(rng))

    def _write(
        self, request: ChatRequest, answer: Answer, numbers: Numbers
    ) -> Generator[Event, None, tuple[Draft, Answer]]:
        """Lets the model write; where nothing usable comes, quotes instead and says so."""
        if not request.evidence.papers:
            return Draft.empty(request.evidence), answer
        draft, problem = None, ""
        try:
            draft = yield from write(self.model, request, numbers, LiveCheck(self._checker))
        except Rejected:
            raise
        except ModelError as error:
            problem = str(error)
        if draft is not None and _is_usable(draft, self.model.mode):
            return draft, self._signed(answer, draft, self.model)
        if request.cancellation.cancelled:
            return draft or Draft.empty(request.evidence), answer
        if draft is not None:
            problem = draft.completion.detail or "the reply cites nothing"
            if draft.text:
                yield Token("\n\n")
        return (yield from self._quote(request, answer, numbers, draft, problem))

    def _quote(
        self,
        request: ChatRequest,
        answer: Answer,
        numbers: Numbers,
        failed: Draft | None,
        problem: str,
    ) -> Generator[Event, None, tuple[Draft, Answer]]:
        """Quotes where a language model failed."""
        quoting = ExtractiveModel()
        draft = yield from write(quoting, request, numbers)
        if failed is not None:
            draft.first_token = failed.first_token or draft.first_token
        signed = self._signed(answer, draft, quoting)
        usage = failed.completion.usage if failed is not None else signed.usage
        notice = f"{self.model.spec} gave no usable answer: {problem}"
        return draft, replace(signed, usage=usage, notices=(notice,))

    def _signed(self, answer: Answer, draft: Draft, model: ChatModel) -> Answer:
        """The answer with who wrote it and what it took."""
        quoted = model.mode == "extractive"
        return replace(
            answer,
            mode=model.mode,
            model=model.spec,
            usage=draft.completion.usage,
            cost_usd=0.0 if quoted and self.model.mode == "extractive" else None,
        )

    def _verified(
        self, request: ChatRequest, draft: Draft, answer: Answer, numbers: Numbers
    ) -> Generator[Event, None, Answer]:
        """The answer with its claims checked; a refusal that helps where nothing stands."""
        said = verify(draft, self._checker, withhold=self._withholds, numbers=numbers)
        answer = replace(answer, notices=(*answer.notices, *notices_of(draft, said)))
        if said.citations and not draft.opens_with_refusal:
            yield from _told(said.claims)
            return answered(answer, said)
        if not (said.citations or draft.refused):
            said = Verified("", (), ())
        tail = yield from self._refuse(request, said, numbers)
        yield from _told((*said.claims, *tail.claims))
        reason = answer.reason
        answer = answered(answer, joined(said, tail), abstained=True)
        return replace(answer, reason=reason or answer.reason)

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
            unknown_names(request.question, self.index),
            quotes=not said.citations,
        )
        given = {**numbers, **{c.paper.id: c.marker for c in said.citations}}
        if said.text:
            yield Token("\n\n")
        draft = yield from write(refusal, request, given)
        return verify(draft, self._checker, withhold=False, numbers=given)


def _told(claims: Sequence[Claim]) -> Iterator[Checked]:
    yield from (Checked(claim) for claim in claims)


def _within(query: collection.CollectionQuery, filters: Filters) -> collection.CollectionQuery:
    """The query, kept within the filters that were set from outside."""
    return replace(query, filters=query.filters.also(filters)) if filters else query


def _is_usable(draft: Draft, mode: str) -> bool:
    """Whether a reply can stand: a refusal, or cited text."""
    if mode == "extractive" or draft.refused:
        return True
    return draft.says_something and bool(draft.resolver.citations)


def _last(events: Iterator[Event]) -> Answer:
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise ModelError("the answer was cancelled")  # pragma: no cover - see aask
