"""From a draft to the answer: claims checked, what is missing said, a refusal that helps."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from index.types import Filters
from prompts import SHIPPED, Prompts
from rag.answering import Second, Verified, answered, joined, notices_of, told, verify
from rag.asked import Inquiry
from rag.collection import facets_of
from rag.costs import Prices, Spent, spent
from rag.grounding import Checker
from rag.judging import judge
from rag.listing import WholeCollection
from rag.models import ChatModel, ChatRequest, Completion
from rag.naming import Absent, absent_from
from rag.planning.language import language_of
from rag.refusing import Refusal, Searched
from rag.reply import Draft, write
from rag.types import Answer, Event, Token

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Checks drafts. ``judge``: a language model whose verdict on claims counts, too.

    ``prices`` are the judge's, None where they aren't known. ``withhold``: claims that nothing
    supports are taken out of the text, ``strict``: and those that are supported weakly.
    """

    collection: WholeCollection
    checker: Checker
    judge: ChatModel | None
    prices: Prices | None
    withhold: bool
    strict: bool = False
    templates: Prompts = SHIPPED

    def conclude(
        self,
        inquiry: Inquiry,
        request: ChatRequest,
        draft: Draft,
        blank: Answer,
        *,
        missing: str = "",
    ) -> Generator[Event, None, Answer]:
        """Streams the verdicts that are new, and a refusal where nothing stands.

        ``missing``: the title that the question is about and that no paper has. Returns the answer.
        """
        numbers = inquiry.numbers
        said = verify(
            draft,
            self.checker,
            self._second(inquiry),
            withhold=self.withhold,
            strict=self.strict,
            numbers=numbers,
        )
        answer = self._with_judge(blank, said.judgement.call)
        answer = replace(answer, notices=(*blank.notices, *notices_of(draft, said)))
        yield from told(said.rated, draft.told)
        if said.citations and not draft.opens_with_refusal:
            absent = self._absent(inquiry, request)
            return answered(replace(answer, notices=(*answer.notices, *absent.told)), said)
        if not (said.citations or draft.refused):
            said = Verified("", (), ())
        searched = self._searched(inquiry.filters)
        refusal = Refusal(
            searched,
            self._absent(inquiry, request, missing),
            quotes=not said.citations,
            foreign=answer.mode == "extractive" and language_of(inquiry.asked) != "en",
        )
        tail = yield from self._refuse(refusal, request, said, numbers)
        yield from told(tail.claims)
        refused = answered(answer, joined(said, tail), abstained=True)
        return replace(refused, reason=searched.reason or answer.reason or refused.reason)

    def _second(self, inquiry: Inquiry) -> Second | None:
        """The second judge, where there is one."""
        if self.judge is None:
            return None
        return partial(
            judge,
            self.judge,
            rng=inquiry.rng,
            cancellation=inquiry.cancellation,
            templates=self.templates,
        )

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
        self, refusal: Refusal, request: ChatRequest, said: Verified, numbers: Numbers
    ) -> Generator[Event, None, Verified]:
        """What was looked for and what comes near, below what the model said of it."""
        given = {**numbers, **{c.paper.id: c.marker for c in said.citations}}
        if said.text:
            yield Token("\n\n")
        draft = yield from write(refusal, request, given)
        return verify(draft, self.checker)

    def _absent(self, inquiry: Inquiry, request: ChatRequest, missing: str = "") -> Absent:
        """What the question names that no paper has."""
        papers = request.evidence.papers
        absent = absent_from(self.collection.index, request.question, papers, asked=inquiry.asked)
        if not missing or missing in absent.titles:
            return absent
        return Absent(
            tuple(name for name in absent.names if name != missing), (*absent.titles, missing)
        )
