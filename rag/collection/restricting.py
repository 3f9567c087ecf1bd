"""Conditions put on top of others, or in the place of others of their kind. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from index.types import Filters
from rag.collection.query import Conditions, Period

Restrictions = tuple[Filters, Conditions]
_Bounds = tuple[int | None, int | None]
_EXACT = ("by", "dated", "counted", "with_organisation", "title_starts", "title_ends")
_SEVERAL = ("title_has", "mentions")
_ALTERNATIVES = ("title_any",)


def restricted(before: Restrictions, new: Restrictions, *, adds: bool) -> Restrictions:
    """Both restrictions; of one kind (dates, authors, pages, ...) the new ones alone.

    With ``adds`` both hold, of one kind too, unless nothing could meet both: "of them from 2023",
    said of papers from 2024, means those of before.
    """
    periods = _periods(_periods_of(before), _periods_of(new), adds=adds)
    since, until = periods[0] if len(periods) == 1 else (None, None)
    (old, was), (own, is_) = before, new
    least, most = _bounds(
        (old.min_authors, old.max_authors), (own.min_authors, own.max_authors), adds=adds
    )
    pages, conditions = _on_pages(before, new, adds=adds)
    changed = {name: getattr(is_, name) for name in _EXACT if getattr(is_, name) is not None}
    changed |= {name: getattr(is_, name) for name in _ALTERNATIVES if getattr(is_, name)}
    for name in _SEVERAL:
        values = getattr(is_, name)
        if values:
            kept = getattr(was, name) if adds else ()
            changed[name] = tuple(dict.fromkeys((*kept, *values)))
    filters = Filters(since, until, pages, least, most, own.words or old.words)
    several = periods if len(periods) > 1 else ()
    return filters, replace(conditions, periods=several, **changed)


def _periods_of(restrictions: Restrictions) -> tuple[Period, ...]:
    filters, conditions = restrictions
    if conditions.periods:
        return conditions.periods
    bounded = filters.since or filters.until
    return ((filters.since, filters.until),) if bounded else ()


def _periods(
    before: tuple[Period, ...], new: tuple[Period, ...], *, adds: bool
) -> tuple[Period, ...]:
    if not (before and new):
        return new or before
    met = [found for first in before for second in new if (found := _overlap(first, second))]
    return tuple(dict.fromkeys(met)) if adds and met else new


def _overlap(first: Period, second: Period) -> Period | None:
    since = max(first[0] or dt.date.min, second[0] or dt.date.min)
    until = min(first[1] or dt.date.max, second[1] or dt.date.max)
    if since > until:
        return None
    return (
        None if since == dt.date.min else since,
        None if until == dt.date.max else until,
    )


def _bounds(before: _Bounds, new: _Bounds, *, adds: bool) -> _Bounds:
    if new == (None, None) or before == (None, None) or not adds:
        return before if new == (None, None) else new
    least = max((n for n in (before[0], new[0]) if n is not None), default=None)
    most = min((n for n in (before[1], new[1]) if n is not None), default=None)
    return new if least is not None and most is not None and least > most else (least, most)


def _on_pages(
    before: Restrictions, new: Restrictions, *, adds: bool
) -> tuple[tuple[str, ...], Conditions]:
    """The pages any of which may show a paper, and the conditions with those on pages."""
    (old, was), (own, is_) = before, new
    names = ("min_pages", "max_pages", "all_pages", "only_pages", "not_pages")
    fresh = {name: getattr(is_, name) for name in names}
    says = any(value not in (None, ()) for value in fresh.values())
    if not (own.pages or says):
        return old.pages, was
    if not adds:
        return own.pages, replace(was, **fresh)
    kept = {name: value if value not in (None, ()) else getattr(was, name)
            for name, value in fresh.items()}  # fmt: skip
    if old.pages and own.pages and len(own.pages) == 1:  # of any of those, and of this one too
        kept["all_pages"] = tuple(dict.fromkeys((*kept["all_pages"], *own.pages)))
        return old.pages, replace(was, **kept)
    return own.pages or old.pages, replace(was, **kept)
