"""The question as a whole: what is taken out in which order, and what kind it is."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field, replace

from index.types import Filters
from rag.collection.dates import find_spans
from rag.collection.describing import reading_of
from rag.collection.facets import CollectionFacets
from rag.collection.parsing.asked import take_asked
from rag.collection.parsing.authors import take_author_counts
from rag.collection.parsing.greeting import parse_greeting
from rag.collection.parsing.groups import take_group
from rag.collection.parsing.languages import in_english
from rag.collection.parsing.lookup import parse_lookup, parse_unknown
from rag.collection.parsing.order import Ranking, take_extreme, take_sort
from rag.collection.parsing.pages import take_pages
from rag.collection.parsing.rest import CUT, Rest, words
from rag.collection.parsing.spelling import corrected
from rag.collection.parsing.subject import NOUNS, Subject, split_topic
from rag.collection.parsing.surveys import SURVEYS, take_surveys
from rag.collection.parsing.titles import take_by, take_presence, take_titles
from rag.collection.points import Clock
from rag.collection.query import Asked, CollectionQuery, Conditions, Group, Kind, Order

MOST_CHARACTERS = 300  # of a question about a collection; longer ones tell a story
_LATEST = 10  # papers that answer "What's new?"

HOW_MANY = re.compile(
    r"(?<!\w)(?:how many(?! (?:authors|people|pages|co-?authors))|(?:the )?"
    r"(?:total )?number of(?= (?:\w+[\s-]+){0,4}(?:papers|articles|publications"
    r"|entries))"
    r"|(?:what|which) (?:share|number) of|count(?: of)?|how large is"
    r"|how big is|what is the size of)(?!\w)",
    re.IGNORECASE,
)
_NAME_THEM = re.compile(
    r"[.?!,;]? (?:and |please )*(?:(?:list|name|give|show|tell|enumerate)(?: me)? "
    r"(?:them|these|those|all)(?: all)?|(?:and )?which (?:ones?|are they"
    r"|papers are (?:they|these)))"
    r"(?: please)?(?= ?(?:$|[.?!]))",
    re.IGNORECASE,
)
_MAY_GROUP = re.compile(r"how many|number of|count|\bmost\b|\bfewest\b|\bleast\b", re.IGNORECASE)
_COUNTS_WHOLE = re.compile(r"how (?:large|big)|size of", re.IGNORECASE)
_ALL = words(
    r"all(?: (?:of )?the)?",
    r"every(?: single)?",
    r"everything",
    r"(?:the|a) (?:complete|full|whole|entire) list(?: of)?",
    r"complete list",
)
_NEW = words(
    r"what(?:['’]?s| is| are) (?:the )?new(?: (?:stuff|additions))?",
    r"anything new",
    r"something new",
    r"newly (?:published|released)",
    r"new(?= (?:papers|articles|publications|entries|ones|work))",
)
POLITE = re.compile(r"[,.?!]? ?\b(?:please|thanks|thank you)[.!?]*$", re.IGNORECASE)
_ABOUT_PAPERS = words(
    rf"(?:{'|'.join(NOUNS)}|anything|everything|something|came out|come out"
    rf"|published|released|appeared|appear|dated"
    r"|undated|collection|corpus|store|what(?:['’]?s| is| are) (?:there )?(?:from|on page))"
)


@dataclass(slots=True)
class Found:
    """What was taken out of the question so far."""

    filters: Filters = field(default_factory=Filters)
    conditions: Conditions = field(default_factory=Conditions)
    ranking: Ranking | None = None
    sort: Order | None = None
    group: tuple[Group, Order | None] | None = None
    asked: tuple[Asked, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether there is any condition, order or group."""
        return bool(self.filters or self.conditions or self.ranking or self.group)


def parse(question: str, *, today: dt.date, facets: CollectionFacets) -> CollectionQuery | None:
    """The question as a query over the collection; None where it isn't one, which is the rule.

    It is one only if every word of it was understood as a condition on dates, authors, pages,
    titles or organisation, as order, count or group, or as the topic that such a list or count
    is restricted to; everything else is left to retrieval. ``today`` anchors "last month".
    """
    text = plain(question)
    if not text or len(text) > MOST_CHARACTERS:
        return None
    found = parse_greeting(text) or parse_lookup(text, facets) or _general(text, today, facets)
    if found is None:
        found = _second_reading(text, today, facets) or parse_unknown(text, facets)
    return replace(found, reading=reading_of(found)) if found else None


def _second_reading(text: str, today: dt.date, facets: CollectionFacets) -> CollectionQuery | None:
    """In another language, or with typing mistakes put right; then it can't have a topic."""
    for other in (in_english(text), corrected(text)):
        if other is None or other == text:
            continue
        found = _general(other, today, facets)
        if found is not None and found.topic is None:
            return replace(found, notes=(*found.notes, f"the question is read as “{other}”"))
    return None


def plain(question: str) -> str:
    """The question on one line, in compatible characters, without control characters."""
    kept = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFKC", question))
    return " ".join(kept.replace(CUT, " ").split())


def _general(text: str, today: dt.date, facets: CollectionFacets) -> CollectionQuery | None:
    if not any(form.search(text) for form in (_ABOUT_PAPERS, _NEW, SURVEYS)):
        return None
    rest = Rest(text)
    rest.take(POLITE)
    named = rest.take(_NAME_THEM) is not None
    found = taken(rest, Clock(today, facets.last_date, facets.months), facets)
    if found is None:
        return None
    new = rest.take(_NEW)
    counts = rest.take(HOW_MANY)
    everything = _ALL.search(rest.text) is not None
    rest.take(_ALL)
    subject = split_topic(rest)
    if subject is None:
        return None
    if new and not found.narrows:
        if subject.topic:
            return None  # what is new about a thing, not which papers are
        found.ranking = Ranking(Order("date"), _LATEST)
    query = _query(found, subject, counts, everything=everything)
    return replace(query, named=named and query.kind == "count") if query else None


def taken(rest: Rest, clock: Clock, facets: CollectionFacets) -> Found | None:
    """What is understood, but for kind and topic, taken out; None where a part is unclear."""
    found = Found()
    found.conditions = take_surveys(rest, take_titles(rest, found.conditions))
    found.sort = take_sort(rest)
    if _MAY_GROUP.search(rest.text):
        found.group = take_group(rest)
    pages = take_pages(rest, facets)
    if pages is None:
        return None
    found.conditions = _merged(found.conditions, pages[0])
    authors = take_author_counts(rest)
    if isinstance(authors, bool):
        return None
    found.conditions = take_presence(rest, found.conditions)
    found.asked = take_asked(rest)
    dates = _take_dates(rest, clock)
    found.ranking = take_extreme(rest)
    least, most = authors or (None, None)
    since, until = dates.periods[0] if len(dates.periods) == 1 else (None, None)
    found.filters = Filters(since, until, pages[1], least, most)
    if len(dates.periods) > 1:
        found.conditions = replace(found.conditions, periods=dates.periods)
    found.notes = (*dates.notes, *(found.ranking.notes if found.ranking else ()))
    found.conditions = take_by(rest, found.conditions, facets)
    return found


@dataclass(frozen=True, slots=True)
class _Dates:
    periods: tuple[tuple[dt.date | None, dt.date | None], ...] = ()
    notes: tuple[str, ...] = ()


def _take_dates(rest: Rest, clock: Clock) -> _Dates:
    """The stretches of time; two that bound one another ("after 2020 and before 2023") make one."""
    periods: list[tuple[dt.date | None, dt.date | None]] = []
    notes: list[str] = []
    for _ in range(2):
        spans = find_spans(rest.text, clock)
        if not spans:
            break
        rest.cut(spans[0].start, spans[-1].end)
        notes += [note for span in spans for note in span.notes]
        fresh = [(span.since, span.until) for span in spans]
        if len(periods) == len(fresh) == 1:
            (since, until), (other_since, other_until) = periods[0], fresh[0]
            if (since and other_since) or (until and other_until):
                rest.text += " contradiction"  # two stretches that nothing joins
                break
            fresh, periods = [(since or other_since, until or other_until)], []
        periods += fresh
    return _Dates(tuple(periods), tuple(dict.fromkeys(notes)))


def _merged(first: Conditions, second: Conditions) -> Conditions:
    values = {name: getattr(second, name) or getattr(first, name) for name in Conditions.__slots__}
    return Conditions(**values)


def _query(
    found: Found, subject: Subject, counts: re.Match[str] | None, *, everything: bool
) -> CollectionQuery | None:
    topic = subject.topic
    if not (found.narrows or counts or everything or subject.listing):
        return None
    if counts and _COUNTS_WHOLE.match(counts[0]) and topic:
        return None
    kind: Kind = "count" if counts else "list"
    order, limit, offset, group = found.sort, None, 0, None
    if found.group:
        kind, (group, order) = "group", found.group
        limit = 1 if order else None
    elif found.ranking:
        kind = "extreme"
        order, limit, offset = found.ranking.order, found.ranking.limit or 1, found.ranking.offset
    asked = found.asked
    return CollectionQuery(
        kind, found.filters, found.conditions, topic, order, limit, offset, group, asked,
        notes=found.notes,
    )  # fmt: skip
