"""Questions about the collection itself, answered from all of it. No model is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from index.types import Filters, Paper
from rag import collection
from rag.answering import told
from rag.collection.running import Collection as Searched
from rag.conditions import both, filters_of, with_filters
from rag.numbering import renumbered
from rag.types import Answer, Event, Planned, Retrieved, Token, Turn

MODEL = "collection"
"""Stands for the model in such an answer: the records answered, nobody wrote."""

_outlines: WeakKeyDictionary[Searched, tuple[int, collection.CollectionFacets]] = (
    WeakKeyDictionary()
)
"""Index -> its revision and outline then, which all assistants over it share."""
REASON_NONE = "no paper of the collection is so"
REASON_NO_QUESTION = "nothing was asked"
REASON_UNCLEAR = "the records do not clearly tell"
REASON_NONE_FILTERED = "no paper that meets the filters is so"


class Collection(Searched, Protocol):
    """The part of PaperIndex that is asked of the whole store."""

    @property
    def revision(self) -> int:
        """Counts the commits that changed papers."""
        ...

    def count(self, filters: Filters | None = None) -> int:
        """The number of papers that meet the conditions."""
        ...


class WholeCollection:
    """Reads questions as queries over the whole store, and answers them exactly."""

    def __init__(self, index: Collection) -> None:
        self.index = index

    def facets(self) -> collection.CollectionFacets:
        """The collection in outline, made anew when papers change."""
        revision = self.index.revision
        outline = _outlines.get(self.index)
        if outline is None or outline[0] != revision:
            outline = _outlines[self.index] = revision, collection.facets_of(self.index.query())
        return outline[1]

    def parse(
        self, question: str, today: dt.date, turns: Sequence[Turn] = ()
    ) -> collection.CollectionQuery | None:
        """The query that a question means; None for one that abstracts have to answer.

        After ``turns``, "them" are the papers that were asked for, or cited, before; what stands
        alone without such a word is read alone.
        """
        facets = self.facets()
        alone = partial(collection.parse, question, today=today, facets=facets)
        after = partial(collection.parse_after, question, turns, today=today, facets=facets)
        if collection.refers_back(question):
            return after() or alone()
        return alone() or after()

    def parse_about(
        self, question: str, paper: Paper, today: dt.date
    ) -> collection.CollectionQuery | None:
        """What a follow-up asks of the record of the paper that was spoken of, if it does."""
        return collection.parse_record(question, paper.title, today=today, facets=self.facets())

    def answer(
        self,
        asked: str,
        query: collection.CollectionQuery,
        filters: Filters,
        numbers: Mapping[str, int],
        *,
        understood: bool = True,
    ) -> Generator[Event, None, Answer]:
        """Streams and returns the answer. Where no paper is so, that is said, as a refusal.

        ``filters`` narrow what is asked, or, where the question's own conditions were not
        ``understood``, stand in place of these. ``numbers``: paper id -> the marker that it has in
        the conversation.
        """
        within = filters
        if not understood and query.kind != "lookup":  # a lookup has no conditions but its titles
            query, within = with_filters(query, filters), Filters()
        yield Planned(query.reading or asked, both(within, filters_of(query)))
        parts = collection.answer_parts(collection.run(query, self.index, within=within or None))
        yield Retrieved(parts.sources)
        text, claims, citations = renumbered(parts.text, parts.claims, parts.citations, numbers)
        yield Token(text, citations)
        yield from told(claims)
        return Answer(
            question=asked,
            rewritten_question=query.reading or asked,
            text=text,
            claims=claims,
            citations=citations,
            sources=parts.sources,
            abstained=parts.empty,
            reason=_reason(query, parts, filters) if parts.empty else None,
            mode="extractive",
            model=MODEL,
            cost_usd=0.0,
        )


def _reason(
    query: collection.CollectionQuery, parts: collection.AnswerParts, filters: Filters
) -> str:
    if query.kind == "help":
        return REASON_NO_QUESTION
    if parts.unclear:
        return REASON_UNCLEAR
    return REASON_NONE_FILTERED if filters else REASON_NONE
