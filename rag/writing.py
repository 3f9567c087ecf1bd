"""A model's turn: tries that may be needed until there is a reply that can stand."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from index.errors import ModelError, Rejected, TooLong
from prompts import SHIPPED, Prompts
from rag.costs import Prices, Spent, spent
from rag.models import ChatModel, ChatRequest, Completion, Mode
from rag.models.budget import smaller_budget
from rag.models.extractive import ExtractiveModel
from rag.reply import Draft, Watch, needs_reminder, with_reminder, write
from rag.types import Checked, Token

Ask = Callable[[int], ChatRequest]
"""The request with so many tokens of evidence."""


@dataclass(frozen=True, slots=True)
class Written:
    """A reply that can stand, who wrote it, and what all tries took. ``draft`` may be empty."""

    draft: Draft
    mode: Mode
    model: str
    took: Spent = field(default_factory=Spent)
    notices: tuple[str, ...] = ()


@dataclass(slots=True)
class Writer:
    """Lets a model write; where nothing usable comes, quotes instead and says so.

    A request that is too long for the model is sent again with less evidence; a reply that cites
    nothing is answered once with a reminder of how to cite.
    """

    model: ChatModel
    ask: Ask
    budget: int
    numbers: Mapping[str, int]
    watch: Watch
    prices: Prices | None = None
    templates: Prompts = SHIPPED

    def write(self) -> Generator[Token | Checked, None, Written]:
        """Streams what is written. Raises Rejected where the endpoint refuses key or model."""
        request = self.ask(self.budget)
        if not request.evidence.papers:
            return Written(Draft.empty(request.evidence), self.model.mode, self.model.spec)
        completions: list[Completion] = []
        draft, problem = None, ""
        try:
            request, draft = yield from self._fitting(request, completions)
            if needs_reminder(draft) and self.model.mode == "generative":
                yield Token("\n\n")
                again = with_reminder(request, draft, self.templates)
                draft = yield from write(self.model, again, self.numbers, self.watch)
                completions.append(draft.completion)
        except TooLong as error:
            problem = str(error)
        except Rejected:
            raise
        except ModelError as error:
            problem = str(error)
        if request.cancellation.cancelled or (draft is not None and self._can_stand(draft)):
            draft = draft or Draft.empty(request.evidence)
            return self._signed(draft, self.model, completions)
        if draft is not None:
            ended = draft.completion.finish == "complete"
            problem = (not ended and draft.completion.detail) or "the reply cites nothing"
            if draft.text:
                yield Token("\n\n")
        quoting = ExtractiveModel()
        quoted = yield from write(quoting, request, self.numbers)
        quoted.first_token = (draft and draft.first_token) or quoted.first_token
        notice = f"{self.model.spec} gave no usable answer: {problem}"
        return self._signed(quoted, quoting, completions, notice)

    def _fitting(
        self, request: ChatRequest, completions: list[Completion]
    ) -> Generator[Token | Checked, None, tuple[ChatRequest, Draft]]:
        """The reply, to as much evidence as the model can read, and the request that got it."""
        budget = self.budget
        while True:
            try:
                draft = yield from write(self.model, request, self.numbers, self.watch)
            except TooLong as error:
                smaller = smaller_budget(budget, error, request.max_tokens)
                if smaller is None:
                    raise
                budget, request = smaller, self.ask(smaller)
                if not request.evidence.papers:
                    raise
            else:
                completions.append(draft.completion)
                return request, draft

    def _can_stand(self, draft: Draft) -> bool:
        """A refusal, or cited text."""
        if self.model.mode == "extractive" or draft.refused:
            return True
        return draft.says_something and bool(draft.resolver.citations)

    def _signed(
        self, draft: Draft, model: ChatModel, completions: list[Completion], *notices: str
    ) -> Written:
        took = Spent()
        if self.model.mode != "extractive":  # where every try was an error, nobody knows
            known = Spent() if completions else Spent(cost_usd=None)
            took = sum((spent(call, self.prices) for call in completions), known)
        return Written(draft, model.mode, model.spec, took, notices)
