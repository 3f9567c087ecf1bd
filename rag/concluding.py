"""From a draft to the answer: claims checked, what is missing said, a refusal that helps."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

from rag.answering import Verified, answered, joined, notices_of, told, verify
from rag.grounding import Checker
from rag.listing import WholeCollection
from rag.models import ChatModel, ChatRequest
from rag.refusing import Refusal, Searched, unknown_names
from rag.reply import Draft, write
from rag.types import Answer, Event, Token

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Checks drafts. ``judge``: a language model whose opinion on claims counts, too.

    ``withhold``: claims that nothing supports are taken out of the text.
    """

    collection: WholeCollection
    checker: Checker
    judge: ChatModel | None
    withhold: bool

    def conclude(
        self, request: ChatRequest, draft: Draft, blank: Answer, numbers: Numbers
    ) -> Generator[Event, None, Answer]:
        """Streams the verdicts, and a refusal where nothing stands; returns the answer."""
        said = verify(
            draft,
            self.checker,
            self.judge,
            withhold=self.withhold,
            numbers=numbers,
            cancellation=request.cancellation,
        )
        answer = replace(blank, notices=(*blank.notices, *notices_of(draft, said)))
        if said.citations and not draft.opens_with_refusal:
            yield from told(said.claims)
            absent = [f'No paper here mentions "{name}".' for name in self._unknown(request)]
            return answered(replace(answer, notices=(*answer.notices, *absent)), said)
        if not (said.citations or draft.refused):
            said = Verified("", (), ())
        tail = yield from self._refuse(request, said, numbers)
        yield from told((*said.claims, *tail.claims))
        reason = answer.reason
        answer = answered(answer, joined(said, tail), abstained=True)
        return replace(answer, reason=reason or answer.reason)

    def _refuse(
        self, request: ChatRequest, said: Verified, numbers: Numbers
    ) -> Generator[Event, None, Verified]:
        """What was looked for and what comes near, below what the model said of it."""
        facets = self.collection.facets()
        refusal = Refusal(
            Searched(facets.papers, facets.first_date, facets.last_date),
            self._unknown(request),
            quotes=not said.citations,
        )
        given = {**numbers, **{c.paper.id: c.marker for c in said.citations}}
        if said.text:
            yield Token("\n\n")
        draft = yield from write(refusal, request, given)
        return verify(draft, self.checker)

    def _unknown(self, request: ChatRequest) -> tuple[str, ...]:
        return unknown_names(request.question, self.collection.index, request.evidence.papers)
