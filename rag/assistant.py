"""The pipeline: question in, events out. ``ask`` consumes ``stream``; there is one path."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache

from index.embedding import DEFAULT_EMBEDDER, Embedder, Vectors, load_embedder
from index.errors import ModelError
from index.processors import a_turn
from index.types import Filters
from prompts import SHIPPED, Prompts
from rag.abstracts import Abstracts, Retriever
from rag.answer_cache import AnswerCache, Asked
from rag.answering import told
from rag.asked import History, Inquiry, checked_history, checked_question
from rag.cancellation import Cancellation
from rag.clock import Clock
from rag.collection import CollectionQuery
from rag.concluding import Conclusion
from rag.costs import parse_prices
from rag.grounding import Checker
from rag.listing import WholeCollection
from rag.messages import prompt_fingerprint
from rag.models import ChatModel
from rag.offload import off_the_loop
from rag.planner import Plan, plan
from rag.settings import Settings
from rag.types import Answer, Event, Finished, Planned, Retrieved, Token, Usage


class Assistant:
    """Answers questions from an index with a model. Safe to use from several threads.

    Making one costs next to nothing, and several may share an index: closing an assistant closes
    its models, and the index only where it ``owns_index``.

    ``today`` tells the day that "last month" is counted from. ``cache`` keeps answers of a
    language model for the next time; ``judge`` has a second opinion on its claims, at prices that
    are known where it is the same model. ``templates`` is every word that models are told.
    """

    def __init__(  # noqa: PLR0913 - all but the first three by name
        self,
        index: Retriever,
        model: ChatModel,
        settings: Settings,
        *,
        rng: random.Random | None = None,
        today: Callable[[], dt.date] = dt.date.today,
        cache: AnswerCache | None = None,
        judge: ChatModel | None = None,
        owns_index: bool = False,
        templates: Prompts = SHIPPED,
    ) -> None:
        self.index = index
        self.model = model
        self.settings = settings
        self._rng = rng or random.SystemRandom()
        self._today = today
        self._cache = cache if model.mode == "generative" else None
        self._judge = judge
        self._owned = index if owns_index else None
        self._told = prompt_fingerprint(settings.length, templates)
        self._collection = WholeCollection(index)
        self._abstracts = _abstracts(index, model, settings, self._collection, judge, templates)

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        filters: Filters | None = None,
        understood: bool = True,
    ) -> Answer:
        """The answer, all at once. Raises what ``stream`` raises."""
        events = self.stream(question, history=history, filters=filters, understood=understood)
        with closing(events):
            return _last(events)

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        filters: Filters | None = None,
        understood: bool = True,
    ) -> Generator[Event, None, None]:
        """The events of an answer: Planned, Retrieved, Tokens, Checked, and Finished last.

        Planned and Retrieved come once more where a model understands the question otherwise than
        the rules did; the later ones count.
        A claim is Checked while the text streams, or at its end, and twice only where the second
        verdict is another one (see ``Checked``).

        ``history`` holds Turns, or ``{"role", "content"}`` messages, oldest first; the last ten
        turns count. ``filters`` come on top of the conditions that the question implies ("papers
        from September 2024"); where these are not to be ``understood``, in place of them, so that
        what Planned tells can be changed and asked again. Raises ConfigError for a question that
        is empty or longer than 4,000 characters, ModelError where the endpoint refuses,
        IndexNotReady where the store does.
        Closing the generator hangs up on the model.
        """
        return self._events(question, history, filters, Cancellation(), understood)

    def astream(
        self,
        question: str,
        *,
        history: History = (),
        filters: Filters | None = None,
        understood: bool = True,
    ) -> AsyncGenerator[Event, None]:
        """``stream`` off the event loop; cancelling hangs up on the model."""
        return off_the_loop(lambda stop: self._events(question, history, filters, stop, understood))

    async def aask(
        self,
        question: str,
        *,
        history: History = (),
        filters: Filters | None = None,
        understood: bool = True,
    ) -> Answer:
        """``ask`` off the event loop."""
        events = self.astream(question, history=history, filters=filters, understood=understood)
        return _last([event async for event in events if isinstance(event, Finished)])

    def close(self) -> None:
        """Lets go of the models' connections, and of the index if it is the assistant's own."""
        for part in (self.model, self._judge, self._owned):
            close = getattr(part, "close", None)
            if close is not None:
                close()

    def _events(
        self,
        question: str,
        history: History,
        filters: Filters | None,
        cancellation: Cancellation,
        understood: bool,
    ) -> Generator[Event, None, None]:
        """The one path: from the records, from what is kept, or from the abstracts."""
        clock, settled = Clock(), False
        inquiry = self._inquiry(question, history, filters, cancellation, understood)
        with a_turn:
            listed = self._collection.parse(inquiry.asked, inquiry.today, inquiry.turns)
        key = self._cache_key(inquiry)
        answer = yield from self._listed(inquiry, listed)
        if answer is None:
            answer = yield from self._kept(inquiry, key)
        if answer is None:
            with a_turn:
                ruled = plan(inquiry.asked, inquiry.turns, inquiry.filters, self.index)
            answer = yield from self._listed(inquiry, self._of_the_record(inquiry, ruled))
        if answer is None:
            made = yield from self._abstracts.answer(inquiry, ruled, clock)
            answer = made.answer if made else None
            settled = made is not None and made.settled
        if answer is not None:
            answer = replace(answer, timings_ms=clock.timings())
            if settled:
                self._keep(key, answer)
            yield Finished(answer)

    def _inquiry(
        self,
        question: str,
        history: History,
        filters: Filters | None,
        cancellation: Cancellation,
        understood: bool,
    ) -> Inquiry:
        return Inquiry(
            checked_question(question),
            checked_history(history),
            filters or Filters(),
            self._today(),
            random.Random(self._rng.getrandbits(128)),
            cancellation,
            understood,
        )

    def _listed(
        self, inquiry: Inquiry, query: CollectionQuery | None
    ) -> Generator[Event, None, Answer | None]:
        """The answer to a question about the collection, where it is one."""
        if query is None:
            return None
        return (
            yield from self._collection.answer(
                inquiry.asked,
                query,
                inquiry.filters,
                inquiry.numbers,
                understood=inquiry.understood,
            )
        )

    def _of_the_record(self, inquiry: Inquiry, ruled: Plan) -> CollectionQuery | None:
        """A follow-up about the one paper's record: its date, authors, pages."""
        if not inquiry.turns or len(ruled.focus) != 1:
            return None
        papers = list(self.index.get_many(ruled.focus).values())
        if not papers:
            return None
        return self._collection.parse_about(inquiry.asked, papers[0], inquiry.today)

    # Answers that are kept

    def _cache_key(self, inquiry: Inquiry) -> str:
        """What the answer is kept by: the papers as they are now, before it is looked for."""
        if self._cache is None:
            return ""
        return Asked(
            inquiry.asked,
            inquiry.turns,
            inquiry.filters,
            self.index.identity,
            self.index.revision,
            self.model.spec,
            self._judge.spec if self._judge else "",
            self._told,
            inquiry.today,
        ).key(self.settings)

    def _kept(self, inquiry: Inquiry, key: str) -> Generator[Event, None, Answer | None]:
        """The answer that was kept, where one was: it costs nothing again."""
        answer = self._cache.get(key) if self._cache else None
        if answer is None:
            return None
        yield Planned(answer.rewritten_question, inquiry.filters)
        yield Retrieved(answer.sources)
        yield Token(answer.text, answer.citations)
        yield from told(answer.claims)
        return replace(answer, cached=True, usage=Usage(), cost_usd=0.0)

    def _keep(self, key: str, answer: Answer) -> None:
        """Keeps what a language model wrote, unless something went wrong with it."""
        if self._cache and answer.mode == "generative" and not answer.notices:
            self._cache.put(key, answer)


def _abstracts(
    index: Retriever,
    model: ChatModel,
    settings: Settings,
    collection: WholeCollection,
    judge: ChatModel | None,
    templates: Prompts,
) -> Abstracts:
    checker = Checker(_bundled(index))
    prices = parse_prices(settings.prices) if settings.prices else None
    withhold, strict = "unsupported" in settings.withheld, "weak" in settings.withheld
    ours = prices if judge is not None and judge.spec == model.spec else None
    conclusion = Conclusion(collection, checker, judge, ours, withhold, strict, templates)
    return Abstracts(index, model, settings, checker, conclusion, prices, templates)


@cache
def _minilm() -> Embedder:
    return load_embedder()


def _bundled(index: Retriever) -> Callable[[Sequence[str]], Vectors]:
    """Embeds with the bundled model, which the checker was fitted to: the store's, if it has it."""

    def embed(texts: Sequence[str]) -> Vectors:
        own = index.embedder
        return (own if own.spec == DEFAULT_EMBEDDER else _minilm()).embed(texts)

    return embed


def _last(events: Iterable[Event]) -> Answer:
    """The finished answer. Only a stream that was cancelled ends without one."""
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise ModelError("the answer was cancelled")
