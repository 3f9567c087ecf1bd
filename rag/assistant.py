"""The pipeline: question in, events out. ``ask`` consumes ``stream``; there is one path."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from index.embedding import Embedder
from index.errors import ConfigError, ModelError, Rejected
from index.types import Filters, Hit
from rag.answering import (
    NO_HITS,
    REASON_NO_HITS,
    check,
    compose,
    notices_of,
    sources_of,
)
from rag.cancellation import Cancellation
from rag.context import Evidence, build_evidence, draw_fence
from rag.history import turns_from_messages
from rag.messages import messages_for, prompt_fingerprint
from rag.models import ChatModel, ChatRequest, Message
from rag.models.extractive import ExtractiveModel
from rag.offload import off_the_loop
from rag.planner import Plan, plan
from rag.reply import Draft, write
from rag.settings import Settings
from rag.types import (
    Answer,
    Checked,
    Event,
    Finished,
    Planned,
    Retrieved,
    Timings,
    Token,
    Turn,
)

MOST_CHARACTERS = 4_000
MOST_TURNS = 10

History = Sequence[Turn | Mapping[str, str]]


class Retriever(Protocol):
    """The part of PaperIndex that answering needs."""

    def search(self, text: str, k: int = ..., filters: Filters | None = ...) -> list[Hit]:
        """At most k papers that satisfy the filters, best first."""
        ...

    @property
    def embedder(self) -> Embedder:
        """What the papers were embedded with."""
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
    """Answers questions from an index with a model. Safe to use from several threads."""

    def __init__(
        self,
        index: Retriever,
        model: ChatModel,
        settings: Settings,
        *,
        rng: random.Random | None = None,
    ) -> None:
        self.index = index
        self.model = model
        self.settings = settings
        self._rng = rng or random.SystemRandom()

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

    def _events(
        self,
        question: str,
        history: History,
        filters: Filters | None,
        cancellation: Cancellation,
    ) -> Generator[Event, None, None]:
        clock = _Clock.start()
        asked, turns = checked_question(question), checked_history(history)
        planned = plan(asked, turns, filters or Filters())
        timings = Timings(plan=clock.lap())
        yield Planned(planned.question, planned.filters)

        clock.lap()
        rng = random.Random(self._rng.getrandbits(128))  # of its own, for each request
        hits = self.index.search(planned.query, self.settings.top_papers, planned.filters)
        evidence = build_evidence(hits, max_tokens=self.settings.max_context_tokens, rng=rng)
        timings = replace(timings, retrieve=clock.lap())
        answer = self._blank(asked, planned, hits)
        yield Retrieved(answer.sources)

        if evidence.papers:
            clock.lap()
            messages = self._messages(asked, turns, evidence, rng)
            request = ChatRequest(
                planned.question, evidence, messages, self.settings.max_output_tokens, cancellation
            )
            draft, answer = yield from self._write(request, answer)
            if cancellation.cancelled:
                return
            first = clock.since_start(draft.first_token) if draft.first_token else 0.0
            timings = replace(timings, generate=clock.lap(), first_token=first)
            checks = check(draft)
            for claim in checks.claims:
                yield Checked(claim)
            answer = compose(draft, checks, answer)
            timings = replace(timings, check=clock.lap())
        yield Finished(replace(answer, timings_ms=replace(timings, total=clock.since_start())))

    def _blank(self, asked: str, planned: Plan, hits: Sequence[Hit]) -> Answer:
        """The answer before there is a text: a refusal for want of papers."""
        return Answer(
            question=asked,
            rewritten_question=planned.question,
            text=NO_HITS,
            claims=(),
            citations=(),
            sources=sources_of(hits),
            abstained=True,
            reason=REASON_NO_HITS,
            mode=self.model.mode,
            model=self.model.spec,
            prompt_fingerprint=prompt_fingerprint() if self.model.mode == "generative" else "",
        )

    def _messages(
        self, asked: str, turns: Sequence[Turn], evidence: Evidence, rng: random.Random
    ) -> tuple[Message, ...]:
        """What a language model is told; the others read the evidence itself."""
        if self.model.mode == "extractive":
            return ()
        return messages_for(asked, turns, evidence, draw_fence(rng))

    def _write(
        self, request: ChatRequest, answer: Answer
    ) -> Generator[Event, None, tuple[Draft, Answer]]:
        """Lets the model write; where nothing usable comes, quotes instead and says so."""
        draft, problem = None, ""
        try:
            draft = yield from write(self.model, request)
        except Rejected:
            raise
        except ModelError as error:
            problem = str(error)
        if draft is not None and _is_usable(draft, self.model.mode):
            return draft, self._signed(answer, draft, self.model)
        if request.cancellation.cancelled:
            return draft or Draft.empty(request.evidence), answer
        if draft is not None:
            problem = draft.completion.detail or "the reply was empty"
            if draft.text:
                yield Token("\n\n")
        quoting = ExtractiveModel(self.index.embedder.embed)
        fallback = yield from write(quoting, request)
        if draft is not None:
            fallback.first_token = draft.first_token or fallback.first_token
        notice = f"{self.model.spec} gave no usable answer: {problem}"
        signed = self._signed(answer, fallback, quoting)
        usage = draft.completion.usage if draft is not None else signed.usage
        return fallback, replace(signed, usage=usage, notices=(notice, *signed.notices))

    def _signed(self, answer: Answer, draft: Draft, model: ChatModel) -> Answer:
        """The answer with who wrote it, what it took and what to know about it."""
        quoted = model.mode == "extractive"
        return replace(
            answer,
            abstained=False,
            reason=None,
            mode=model.mode,
            model=model.spec,
            usage=draft.completion.usage,
            cost_usd=0.0 if quoted and self.model.mode == "extractive" else None,
            notices=notices_of(draft),
        )


def _is_usable(draft: Draft, mode: str) -> bool:
    """Whether a reply can stand: a refusal, cited text, or text that ended as it should."""
    if mode == "extractive" or draft.refused:
        return True
    ended = draft.completion.finish == "complete"
    return draft.says_something and (ended or bool(draft.resolver.citations))


def _last(events: Iterator[Event]) -> Answer:
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise ModelError("the answer was cancelled")  # pragma: no cover - see aask


def checked_question(question: str) -> str:
    """The question without control characters. Raises ConfigError if empty or too long."""
    kept = "".join(c if c.isprintable() else " " for c in question)
    words = " ".join(kept.split())
    if not words:
        raise ConfigError("the question is empty; write what you want to know")
    if len(words) > MOST_CHARACTERS:
        raise ConfigError(
            f"the question is {len(words):,} characters long; at most {MOST_CHARACTERS:,} are read"
        )
    return words


def checked_history(history: History) -> tuple[Turn, ...]:
    """The last ten turns, each side cut to 4,000 characters. Raises ConfigError if malformed."""
    items = list(history)
    if all(isinstance(item, Turn) for item in items):
        turns = tuple(item for item in items if isinstance(item, Turn))
    else:
        turns = turns_from_messages(items)
    return tuple(
        Turn(_clipped(turn.question), _clipped(turn.answer)) for turn in turns[-MOST_TURNS:]
    )


def _clipped(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:MOST_CHARACTERS]).strip()
