"""What a question about the collection asks of papers, as filters that a reader can change. Pure.

A query's conditions are exact, and some have no filter: two stretches of time, a page that must
not show a paper. ``filters_of`` shows as filters what follows from them, ``with_filters`` puts
those in force that a reader made of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from index.types import Filters
from rag.collection import CollectionQuery
from rag.collection.describing import reading_of
from rag.collection.query import Period

Value = TypeVar("Value", dt.date, int)


def filters_of(query: CollectionQuery) -> Filters:
    """The narrowest filters that all papers of the query meet, but for its topic and its order.

    Several stretches of time become the one from the first day to the last, pages that must all
    show a paper become pages of which any does.
    """
    own, conditions = query.filters, query.conditions
    since, until = _span(conditions.periods)
    return Filters(
        own.since or since,
        own.until or until,
        own.pages or conditions.all_pages or conditions.only_pages,
        own.min_authors,
        own.max_authors,
        own.words or conditions.mentions,
    )


def with_filters(query: CollectionQuery, filters: Filters) -> CollectionQuery:
    """The query under these filters: its kind, topic and order, and conditions that have none.

    Where the filters say of dates, pages, numbers of authors or words what ``filters_of`` says,
    the query's own, exact conditions stay; where they say anything else, that alone holds.
    """
    shown, own, left = filters_of(query), query.filters, query.conditions
    notes = query.notes
    if (filters.since, filters.until) == (shown.since, shown.until):
        filters = replace(filters, since=own.since, until=own.until)
    else:
        left = replace(left, periods=(), dated=None)
        notes = tuple(note for note in notes if not _is_of_a_date(note))
    if filters.pages == shown.pages:
        filters = replace(filters, pages=own.pages)
    else:
        left = replace(left, all_pages=(), only_pages=(), not_pages=())
    if (filters.min_authors, filters.max_authors) != (shown.min_authors, shown.max_authors):
        left = replace(left, counted=None)
    if filters.words == shown.words:
        filters = replace(filters, words=own.words)
    else:
        left = replace(left, mentions=())
    changed = replace(query, filters=filters, conditions=left, notes=notes, reading="")
    return replace(changed, reading=reading_of(changed))


def both(first: Filters, second: Filters) -> Filters:
    """The conditions of both. Where both name pages, those of either, as filters can't say more."""
    return Filters(
        max(_known(first.since, second.since), default=None),
        min(_known(first.until, second.until), default=None),
        tuple(dict.fromkeys((*first.pages, *second.pages))),
        max(_known(first.min_authors, second.min_authors), default=None),
        min(_known(first.max_authors, second.max_authors), default=None),
        tuple(dict.fromkeys((*first.words, *second.words))),
    )


def _known(first: Value | None, second: Value | None) -> list[Value]:
    return [value for value in (first, second) if value is not None]


def _span(periods: Sequence[Period]) -> Period:
    """From the first day of them all to the last; None on a side where one of them is open."""
    begins = [since for since, _ in periods]
    ends = [until for _, until in periods]
    first = min((day for day in begins if day), default=None)
    last = max((day for day in ends if day), default=None)
    return None if None in begins else first, None if None in ends else last


def _is_of_a_date(note: str) -> bool:
    """Whether a note says how a month, or a part of a year, was read."""
    return " is read as " in note and not note.startswith("the question ")
