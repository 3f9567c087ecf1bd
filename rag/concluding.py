"""From a draft to the answer: claims checked, what is missing said, a refusal that helps."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from index.types import Filters
from rag.answering import Second, Verified, answered, joined, notices_of, told, verify
from rag.asked import Inquiry
from rag.collection import facets_of
from rag.costs import Prices, Spent, spent
from rag.grounding import Checker
from rag.judging import judge
from rag.listing import WholeCollection
from rag.models import ChatModel, ChatRequest, Completion
from rag.refusing import Refusal, Searched, unknown_names
from rag.reply import Draft, write
from rag.types import Answer, Event, Token

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Checks drafts. ``judge``: a language model whose verdict on claims counts, too.

    ``prices`` are the judge's, None where they aren't known. ``withhold``: claims that nothing
    supports are taken out of the text.
    """

    collection: WholeCollection
    checker: Checker
    judge: ChatModel | None
    prices: Prices | None
    withhold: bool

    def conclude(
        self, inquiry: Inquiry, request: ChatRequest, draft: Draft, blank: Answer
    ) -> Generator[Event, None, Answer]:
        """Streams the verdicts that are new, and a refusal where nothing stands.

        Returns the answer.
        """
        numbers = inquiry.numbers
        said = verify(
            draft, self.checker, self._second(inquiry), withhold=self.withhold, numbers=numbers
        )
        answer = self._with_judge(blank, said.judgement.call)
        answer = replace(answer, notices=(*blank.notices, *notices_of(draft, said)))
        yield from told(said.rated, draft.told)
        if said.citations and not draft.opens_with_refusal:
            absent = [f'No paper here mentions "{name}".' for name in self._unknown(request)]
            return answered(replace(answer, notices=(*answer.notices, *absent)), said)
        if not (said.citations or draft.refused):
            said = Verified("", (), ())
        searched = self._searched(inquiry.filters)
        tail = yield from self._refuse(request, said, searched, numbers)
        yield from told(tail.claims)
        refusal = answered(answer, joined(said, tail), abstained=True)
        return replace(refusal, reason=searched.reason or answer.reason or refusal.reason)

    def _second(self, inquiry: Inquiry) -> Second | None:
        """The second judge, where there is one."""
        if self.judge is None:
            return None
        return partial(judge, self.judge, rng=inquiry.rng, cancellation=inquiry.cancellation)

    def _with_judge(self, answer: Answer, call: Completion | None) -> Answer:
        """The answer with what the judge's call took."""
        if call is None:
            return answer
        took = Spent(answer.usage, answer.cost_usd) + spent(call, self.prices)
        return replace(answer, usage=took.usage, cost_usd=took.cost_usd)

    def _searched(self, filters: Filters) -> Searched:
        """The papers that the filters admit, in outline."""
        whole = self.collection.facets()
        admitted = facets_of(self.collection.index.query(filters)) if filters else whole
        return Searched(
            admitted.papers, admitted.first_date, admitted.last_date, filters, whole.papers
        )

    def _refuse(
        self, request: ChatRequest, said: Verified, searched: Searched, numbers: Numbers
    ) -> Generator[Event, None, Verified]:
        """What was looked for and what comes near, below what the model said of it."""
        refusal = Refusal(searched, self._unknown(request), quotes=not said.citations)
        given = {**numbers, **{c.paper.id: c.marker for c in said.citations}}
        if said.text:
            yield Token("\n\n")
        draft = yield from write(refusal, request, given)
        return verify(draft, self.checker)

    def _unknown(self, request: ChatRequest) -> tuple[str, ...]:
        return unknown_names(request.question, self.collection.index, request.evidence.papers)
