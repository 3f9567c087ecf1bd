"""The pipeline: question in, events out. ``ask`` consumes ``stream``; there is one path."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from index.embedding import DEFAULT_EMBEDDER, Embedder, Vectors, load_embedder
from index.errors import ModelError
from index.types import Filters, Hit
from rag import collection
from rag.answer_cache import AnswerCache, Asked
from rag.answering import REASON_NO_HITS, LiveCheck, sources_of, told
from rag.asked import History, checked_history, checked_question
from rag.cancellation import Cancellation
from rag.concluding import Conclusion
from rag.context import Evidence, draw_fence
from rag.costs import cost_usd, parse_prices, total_cost, total_usage
from rag.deciding import SURELY_ANSWERABLE, answerable
from rag.found import SURVEYED, Found, Source
from rag.grounding import Checker
from rag.history import numbers_of
from rag.listing import Collection, WholeCollection
from rag.messages import messages_for, prompt_fingerprint
from rag.models import ChatModel, ChatRequest, Message
from rag.offload import off_the_loop
from rag.planner import Plan, plan
from rag.planning.by_model import needs_model, plan_by_model
from rag.retrieval import gather
from rag.settings import Settings
from rag.types import Answer, Event, Finished, Planned, Retrieved, Timings, Token, Turn, Usage
from rag.writing import Writer, Written


class Retriever(Source, Collection, Protocol):
    """The part of PaperIndex that answering needs."""

    @property
    def identity(self) -> str:
        """What tells this store from others."""
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
    language model for the next time; ``judge`` has a second opinion on its claims.
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
        judge: ChatModel | None = None,
    ) -> None:
        self.index = index
        self.model = model
        self.settings = settings
        self._rng = rng or random.SystemRandom()
        self._today = today
        self._cache = cache if model.mode == "generative" else None
        self._judge = judge
        self._prices = parse_prices(settings.prices) if settings.prices else None
        self._collection = WholeCollection(index)
        self._checker = Checker(_bundled(index))
        self._conclusion = Conclusion(
            self._collection, self._checker, judge, withhold=settings.unsupported == "withhold"
        )

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
        events = self.astream(question, history=history, filters=filters)
        return _last([event async for event in events if isinstance(event, Finished)])

    def close(self) -> None:
        """Lets go of the model's connections and of the index."""
        for part in (self.model, self._judge, self.index):
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
        wanted, today, numbers = filters or Filters(), self._today(), numbers_of(turns)
        listed = self._collection.parse(asked, today)
        if listed is not None:
            answer = yield from self._collection.answer(asked, listed, wanted, numbers)
            yield Finished(replace(answer, timings_ms=Timings(total=clock.since_start())))
            return
        key = self._cache_key(asked, turns, wanted, today)
        kept = self._cache.get(key) if self._cache else None
        if kept is not None:
            yield from _again(kept, wanted, Timings(total=clock.since_start()))
            return
        rng = random.Random(self._rng.getrandbits(128))  # of its own, for each request
        ruled = plan(asked, turns, wanted, self.index)
        listed = self._of_the_record(asked, ruled, today) if turns else None
        if listed is not None:
            answer = yield from self._collection.answer(asked, listed, wanted, numbers)
            yield Finished(replace(answer, timings_ms=Timings(total=clock.since_start())))
            return
        timings = Timings(plan=clock.lap())
        matches = self._found(ruled)
        timings = replace(timings, retrieve=clock.lap())
        planned, planning = self._refined(asked, turns, ruled, matches, rng, cancellation)
        timings = replace(timings, plan=timings.plan + clock.lap())
        yield Planned(planned.question, planned.filters)
        if planned is not ruled:
            matches = self._found(planned)
            timings = replace(timings, retrieve=timings.retrieve + clock.lap())
        yield Retrieved(sources_of(matches.hits))

        clock.lap()

        def ask(budget: int) -> ChatRequest:
            evidence = matches.evidence(max_tokens=budget, rng=rng)
            messages = self._messages(asked, turns, evidence, rng)
            most = self.settings.max_output_tokens
            return ChatRequest(
                planned.question, evidence, messages, most, planned.shape, cancellation
            )

        live = LiveCheck(self._checker)
        budget = self.settings.max_context_tokens
        writer = Writer(self.model, ask, budget, numbers, live, self._prices)
        written = yield from writer.write()
        if cancellation.cancelled:
            return
        first = written.draft.first_token
        timings = replace(
            timings, generate=clock.lap(), first_token=clock.since_start(first) if first else 0.0
        )
        blank = self._blank(asked, planned, matches.hits, written, planning)
        evidence = written.draft.resolver.evidence
        request = ChatRequest(
            planned.question, evidence, shape=planned.shape, cancellation=cancellation
        )
        answer = yield from self._conclusion.conclude(request, written.draft, blank, numbers)
        if cancellation.cancelled:
            return
        timings = replace(timings, check=clock.lap(), total=clock.since_start())
        answer = replace(answer, timings_ms=timings)
        if self._cache and answer.mode == "generative" and not answer.notices:
            self._cache.put(key, answer)
        yield Finished(answer)

    def _of_the_record(
        self, asked: str, ruled: Plan, today: dt.date
    ) -> collection.CollectionQuery | None:
        """A follow-up about the one paper's record: its date, authors, pages."""
        papers = list(self.index.get_many(ruled.focus).values()) if len(ruled.focus) == 1 else []
        return self._collection.parse_about(asked, papers[0], today) if papers else None

    def _refined(
        self,
        asked: str,
        turns: Sequence[Turn],
        ruled: Plan,
        matches: Found,
        rng: random.Random,
        cancellation: Cancellation,
    ) -> tuple[Plan, Usage]:
        """The plan by rules, refined by the model where they are unsure; and what that took."""
        if not (self.model.plans and matches.hits):
            return ruled, Usage()
        papers = matches.evidence(max_tokens=100_000, rng=random.Random(0)).papers
        sure = answerable(ruled.question, papers) >= SURELY_ANSWERABLE
        if sure and not needs_model(asked, turns, ruled, self.index):
            return ruled, Usage()
        return plan_by_model(
            self.model,
            asked,
            turns,
            ruled,
            papers=self.index,
            rng=rng,
            cancellation=cancellation,
            patience=self.settings.timeout / 4,
        )

    def _found(self, planned: Plan) -> Found:
        """The papers for a plan: more of them for a model, which reads better than it costs."""
        most = self.settings.top_papers
        if planned.shape == "many" or self.model.mode == "generative":
            most = max(most, SURVEYED)
        return Found.of(self.index, planned, gather(self.index, planned, most))

    def _cache_key(
        self, asked: str, turns: Sequence[Turn], filters: Filters, today: dt.date
    ) -> str:
        if self._cache is None:
            return ""
        told = prompt_fingerprint()
        store, revision = self.index.identity, self.index.revision
        return Asked(asked, turns, filters, store, revision, told, today).key(self.settings)

    def _blank(
        self, asked: str, planned: Plan, hits: Sequence[Hit], written: Written, planning: Usage
    ) -> Answer:
        """The answer before there is a text."""
        cost = written.cost_usd
        if planning != Usage():
            cost = total_cost(cost, cost_usd(planning, None, self._prices))
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


@cache
def _minilm() -> Embedder:
    return load_embedder()


def _bundled(index: Retriever) -> Callable[[Sequence[str]], Vectors]:
    """Embeds with the bundled model, which the checker was fitted to: the store's, if it has it."""

    def embed(texts: Sequence[str]) -> Vectors:
        own = index.embedder
        return (own if own.spec == DEFAULT_EMBEDDER else _minilm()).embed(texts)

    return embed


def _again(answer: Answer, filters: Filters, timings: Timings) -> Iterator[Event]:
    """The events of an answer that was kept: it costs nothing again."""
    yield Planned(answer.rewritten_question, filters)
    yield Retrieved(answer.sources)
    yield Token(answer.text, answer.citations)
    yield from told(answer.claims)
    yield Finished(replace(answer, cached=True, usage=Usage(), cost_usd=0.0, timings_ms=timings))


def _last(events: Iterable[Event]) -> Answer:
    """The finished answer. Only a stream that was cancelled ends without one."""
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise ModelError("the answer was cancelled")
