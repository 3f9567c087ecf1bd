"""Questions that abstracts answer: searched for, written by a model, checked. Stage by stage."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Protocol

from index.processors import a_turn
from prompts import SHIPPED, Prompts
from rag.answering import REASON_NO_HITS, LiveCheck, sources_of
from rag.asked import Inquiry
from rag.clock import Clock
from rag.concluding import Conclusion
from rag.context import Evidence, draw_fence
from rag.costs import Prices, Spent, spent
from rag.deciding import SURELY_ANSWERABLE, answerable
from rag.found import QUOTED, SURVEYED, Found, Source
from rag.grounding import Checker
from rag.listing import Collection
from rag.messages import messages_for, prompt_fingerprint
from rag.models import ChatModel, ChatRequest, Message
from rag.planner import Plan
from rag.planning.by_model import needs_model, plan_by_model
from rag.retrieval import gather
from rag.settings import Settings
from rag.types import Answer, Event, Planned, Retrieved
from rag.writing import Writer, Written


class Retriever(Source, Collection, Protocol):
    """The part of PaperIndex that answering needs."""

    @property
    def identity(self) -> str:
        """What tells this store from others."""
        ...

    @property
    def behind(self) -> bool:
        """Whether a search now might miss papers, or find them as they were."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """A plan, what it found, as much of that as fits a request, and what planning took.

    ``settled``: the same question would find the same again. It may not where the plan's model
    failed, or the indexes lagged behind the papers.
    """

    plan: Plan
    found: Found
    evidence: Evidence
    took: Spent = field(default_factory=Spent)
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """An answer. ``settled``: nothing went wrong with its search, so that it is worth keeping."""

    answer: Answer
    settled: bool


@dataclass(frozen=True, slots=True)
class Abstracts:
    """Answers an inquiry from what the papers' abstracts say."""

    index: Retriever
    model: ChatModel
    settings: Settings
    checker: Checker
    conclusion: Conclusion
    prices: Prices | None
    templates: Prompts = SHIPPED

    def answer(
        self, inquiry: Inquiry, ruled: Plan, clock: Clock
    ) -> Generator[Event, None, Made | None]:
        """Streams and returns the answer, None where it was cancelled.

        ``ruled`` is the plan by rules, which a model may refine.
        """
        search = yield from self._search(inquiry, ruled, clock)
        written = yield from self._write(inquiry, search)
        clock.first_token = written.draft.first_token
        clock.lap("generate")
        if inquiry.cancellation.cancelled:
            return None
        request = self._request(inquiry, search, written.draft.resolver.evidence)
        blank = self._blank(inquiry, search, written)
        answer = yield from self.conclusion.conclude(
            inquiry, request, written.draft, blank, missing=search.plan.missing
        )
        clock.lap("check")
        return None if inquiry.cancellation.cancelled else Made(answer, search.settled)

    def _search(
        self, inquiry: Inquiry, ruled: Plan, clock: Clock
    ) -> Generator[Event, None, Search]:
        """Searches, tells what it found, and both once more where a model refines the plan."""
        clock.lap("plan")
        search = yield from self._searched(inquiry, ruled, clock)
        planned, took, settled = self._refined(inquiry, search)
        settled = settled and search.settled
        clock.lap("plan")
        if planned is not ruled:
            search = yield from self._searched(inquiry, planned, clock)
        clock.lap()
        return replace(search, took=took, settled=settled and search.settled)

    def _searched(
        self, inquiry: Inquiry, planned: Plan, clock: Clock
    ) -> Generator[Event, None, Search]:
        """The papers for a plan: more of them for a model, which reads better than it costs.

        They are told before they are read. None where the plan is about a paper that is not here
        and nobody reads what is found: others would answer for it.
        """
        many = planned.shape == "many" or self.model.mode == "generative"
        most = self.settings.top_papers or (SURVEYED if many else QUOTED)
        unread = planned.missing and self.model.mode == "extractive"
        lagged = self.index.behind
        with a_turn:
            hits = [] if unread else gather(self.index, planned, most)
        clock.lap("retrieve")
        yield Planned(planned.question, planned.filters)
        yield Retrieved(sources_of(hits))
        clock.lap()
        with a_turn:
            found = Found.of(self.index, planned, hits)
            budget = self.settings.max_context_tokens
            evidence = found.evidence(max_tokens=budget, rng=inquiry.rng)
        clock.lap("retrieve")
        settled = not (lagged or self.index.behind)
        return Search(planned, found, evidence, settled=settled)

    def _refined(self, inquiry: Inquiry, search: Search) -> tuple[Plan, Spent, bool]:
        """The plan by rules, refined by the model where they are unsure.

        Also what that took, and whether the model did not fail.
        """
        asked, turns, ruled = inquiry.asked, inquiry.turns, search.plan
        if not (self.model.plans and search.found.hits):
            return ruled, Spent(), True
        sure = answerable(ruled.question, search.evidence.papers) >= SURELY_ANSWERABLE
        if sure and not needs_model(asked, turns, ruled, self.index):
            return ruled, Spent(), True
        planned, call = plan_by_model(
            self.model,
            asked,
            turns,
            ruled,
            papers=self.index,
            rng=inquiry.rng,
            cancellation=inquiry.cancellation,
            patience=self.settings.timeout / 4,
            templates=self.templates,
        )
        return planned, spent(call, self.prices), call.finish in ("complete", "truncated")

    def _write(self, inquiry: Inquiry, search: Search) -> Generator[Event, None, Written]:
        """Has the model write; sentences are checked as they come."""
        whole = self.settings.max_context_tokens

        def ask(budget: int) -> ChatRequest:
            evidence = search.evidence
            if budget != whole:
                evidence = search.found.evidence(max_tokens=budget, rng=inquiry.rng)
            return replace(
                self._request(inquiry, search, evidence),
                messages=self._messages(inquiry, evidence),
                max_tokens=self.settings.max_output_tokens,
            )

        live = LiveCheck(self.checker)
        writer = Writer(self.model, ask, whole, inquiry.numbers, live, self.prices, self.templates)
        return (yield from writer.write())

    def _messages(self, inquiry: Inquiry, evidence: Evidence) -> tuple[Message, ...]:
        """What a language model is told; the others read the evidence itself."""
        if self.model.mode == "extractive":
            return ()
        fence = draw_fence(inquiry.rng)
        length = self.settings.length
        asked, turns = inquiry.asked, inquiry.turns
        return messages_for(asked, turns, evidence, fence, length, self.templates)

    def _blank(self, inquiry: Inquiry, search: Search, written: Written) -> Answer:
        """The answer before there is a text."""
        took = written.took + search.took
        hits = search.found.hits
        generative = self.model.mode == "generative"
        told = prompt_fingerprint(self.settings.length, self.templates) if generative else ""
        return Answer(
            question=inquiry.asked,
            rewritten_question=search.plan.question,
            text="",
            claims=(),
            citations=(),
            sources=sources_of(hits),
            abstained=True,
            reason=None if hits else REASON_NO_HITS,
            mode=written.mode,
            model=written.model,
            usage=took.usage,
            cost_usd=took.cost_usd,
            prompt_fingerprint=told,
            notices=written.notices,
        )

    def _request(self, inquiry: Inquiry, search: Search, evidence: Evidence) -> ChatRequest:
        """What any model is asked, that reads the evidence itself."""
        planned = search.plan
        return ChatRequest(
            planned.question,
            evidence,
            shape=planned.shape,
            length=self.settings.length,
            strictness=self.settings.strictness,
            cancellation=inquiry.cancellation,
        )
