"""A question about a set that was asked for before: "How many of them are from 2024?" Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.collection.describing import reading_of
from rag.collection.facets import CollectionFacets
from rag.collection.parsing.asked import take_asked
from rag.collection.parsing.question import HOW_MANY, POLITE, Found, parse, plain, taken
from rag.collection.parsing.rest import Rest
from rag.collection.parsing.subject import NOUNS, split_topic
from rag.collection.points import Clock
from rag.collection.query import CollectionQuery, Conditions, Kind
from rag.collection.restricting import restricted
from rag.types import Turn

_LONGEST = 200  # characters of a follow-up
_FEW = 3  # words that can be a period or a page alone
_NOUN = rf"(?:{'|'.join(NOUNS)})"
_OPENS = re.compile(
    r"(?:(?:and|but|so|ok|okay|then|now|also|please|thanks|only|just|great|fine|what about"
    r"|how about|what of|can you|could you|would you)\b[\s,.!]*)+",
    re.IGNORECASE,
)
_THEM = (
    rf"(?:(?:all )?(?:of )?(?:them|they)|(?:all )?(?:of )?(?:those|these|the same|the other)"
    rf"(?: (?:{_NOUN}|ones))?|the ones)"
)
_REFERS = re.compile(rf"\b{_THEM}\b(?! (?:days|collections?|corpus|stores?)\b)", re.IGNORECASE)
_PICKS = re.compile(
    rf"\b(?P<head>which|what|how many|any|one|some|is any|are any)(?: ones?)? "
    rf"(?:of|among|in|from|out of) {_THEM}\b",
    re.IGNORECASE,
)
_SORT = re.compile(rf"\b(?:sort|order|rank|arrange)(?: (?:{_THEM}|it))?\b(?= by\b)", re.IGNORECASE)
_HAS_NOUN = re.compile(
    r"\b(?:papers|articles|publications|entries|studies|preprints|everything)\b", re.IGNORECASE
)
_LISTS = re.compile(
    r"(?:list|show|name|give|which|what|who|tell|see|enumerate|display|print|all|any|are there"
    r"|is there)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:(?:list|show|name|give|tell|enumerate|display|print)(?: me)?(?: all)?|which"
    r"(?: ones?| are)?|what are|how many(?: are| is)?(?: there| that| it)?)(?: all)?"
    rf"(?: (?:{_THEM}|they|papers))?(?: (?:all|are they))?\W*",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:it|its|(?:this|that) (?:paper|one|work))\b", re.IGNORECASE)
_TOPIC = re.compile(r"\b(?:about|regarding|concerning)\b", re.IGNORECASE)
_JOINTS = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_NONE = ("None of the ", "No paper ")  # how an answer begins that found none
_LEAST = 2  # papers that an answer from abstracts cites: "those" may be anything, where it has one


@dataclass(frozen=True, slots=True)
class _Piece:
    """A follow-up as far as it is understood. ``adds``: it speaks of the set that was found."""

    found: Found
    topic: str | None
    kind: Kind | None
    adds: bool


def parse_after(
    question: str, turns: Sequence[Turn], *, today: dt.date, facets: CollectionFacets
) -> CollectionQuery | None:
    """The query that a follow-up means after ``turns``, oldest first; None where it is none.

    It is one where the turn before asked for a set of papers, which is found by parsing its
    question, through follow-ups, or where its answer cited several papers, and where every word
    is understood as in ``parse``. A condition is added to those of the set if the question speaks
    of "them", and takes the place of one of its kind if not ("and from August?").
    """
    text = plain(question)
    if not turns or not text or len(text) > _LONGEST or _HAS_NOUN.search(_REFERS.sub(" ", text)):
        return None
    if _ONE.search(_SORT.sub(" ", text)):
        return None  # one paper's record
    refers = refers_back(text)
    before = _before(_found(turns) if refers else turns, today, facets)
    if before is None or (_is_of_citations(before) and not refers):
        return None
    opening = _OPENS.match(text)
    rest = text[opening.end() :] if opening else text
    if _BARE.fullmatch(rest):
        query = None if _is_of_citations(before) else _asked_again(before, rest)
    else:
        clock = _clock(before, today, facets)
        piece = _understood(rest, clock, facets, adds=refers)
        if piece is None and len(rest.split()) <= _FEW:  # "What about October?"
            piece = _understood(f"from {rest}", clock, facets, adds=refers)
            piece = None if piece and piece.found.conditions.by else piece  # what is no period
        query = _combined(before, piece) if piece else None
    return replace(query, reading=reading_of(query)) if query else None


def refers_back(question: str) -> bool:
    """Whether the question speaks of several things without naming them: "them", "those"."""
    return _REFERS.search(question) is not None


def _found(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Without the last turns that found no paper: "them" are those that were found before."""
    end = len(turns)
    while end > 1 and turns[end - 1].answer.startswith(_NONE):
        end -= 1
    return turns[:end]


def _before(
    turns: Sequence[Turn], today: dt.date, facets: CollectionFacets
) -> CollectionQuery | None:
    """The query of the last turn, or one for the papers that its answer cited."""
    last = turns[-1]
    query = parse_after(last.question, turns[:-1], today=today, facets=facets)
    query = query or parse(last.question, today=today, facets=facets)
    cited = tuple(dict.fromkeys(paper_id for _, paper_id in last.cited))
    unsaid = query is None or query.kind == "lookup" or (query.limit or 1) > 1
    if unsaid and len(cited) >= _LEAST:
        return CollectionQuery("list", conditions=Conditions(among=cited))
    return None if query is None or query.kind == "lookup" else query


def _clock(before: CollectionQuery, today: dt.date, facets: CollectionFacets) -> Clock:
    """A month without a year is one of the year that was spoken of, if that is one."""
    since, until = before.filters.since, before.filters.until
    if since and until and since.year == until.year:
        return Clock(today, dt.date(until.year, 12, 31))
    return Clock(today, facets.last_date, facets.months)


def _is_of_citations(query: CollectionQuery) -> bool:
    """Whether the set is known by its papers alone, not by what was asked."""
    return query == CollectionQuery("list", conditions=Conditions(among=query.conditions.among))


def _asked_again(before: CollectionQuery, rest: str) -> CollectionQuery:
    """ "List them", "how many are there?": the same set as a list, or counted."""
    counts = HOW_MANY.search(rest) is not None
    order = before.order if before.kind == "list" else None
    kind: Kind = "count" if counts else "list"
    return CollectionQuery(
        kind, before.filters, before.conditions, before.topic, None if counts else order
    )


def _understood(text: str, clock: Clock, facets: CollectionFacets, *, adds: bool) -> _Piece | None:
    """The conditions, order, group and topic of a follow-up; None where anything else is left."""
    rest = Rest(_SORT.sub("list sorted", text))
    rest.take(POLITE)
    asked = take_asked(rest)  # before "they" is read as papers
    rest.text = _REFERS.sub("papers", _PICKS.sub(r"\g<head> papers", rest.text))
    if not _HAS_NOUN.search(rest.text):
        rest.text = f"papers {rest.text}"
    found = taken(rest, clock, facets)
    if found is None:
        return None
    found.asked = asked or found.asked
    counts = rest.take(HOW_MANY)
    subject = split_topic(rest)
    if subject is None or (subject.topic and not (subject.listing and _TOPIC.search(text))):
        return None
    if not (found.narrows or found.sort or found.asked or subject.topic):
        return None
    return _Piece(found, subject.topic, _kind(found, text, counts=bool(counts), adds=adds), adds)


def _kind(found: Found, text: str, *, counts: bool, adds: bool) -> Kind | None:
    """What kind of result it asks for; None where that stays as it was."""
    if found.group:
        return "group"
    if found.ranking:
        return "extreme"
    if counts:
        return "count"
    lists = adds or found.sort or found.asked or _LISTS.match(text)
    return "list" if lists else None


def _combined(before: CollectionQuery, piece: _Piece) -> CollectionQuery | None:
    found, adds = piece.found, piece.adds
    topic = _topic(before.topic, piece.topic, adds=adds)
    if piece.topic and topic is None:
        return None
    filters, conditions = restricted(
        (before.filters, before.conditions), (found.filters, found.conditions), adds=adds
    )
    query = replace(
        before,
        filters=filters,
        conditions=conditions,
        topic=topic,
        asked=tuple(dict.fromkeys((*before.asked, *found.asked))),
        notes=found.notes or () if _dated(found) else (*before.notes, *found.notes),
        named=False,
    )
    if piece.kind is None:
        return query
    query = replace(query, kind=piece.kind, order=found.sort, limit=None, offset=0, group=None)
    if found.group:
        group, order = found.group
        return replace(query, group=group, order=order, limit=1 if order else None)
    if found.ranking:
        ranking = found.ranking
        return replace(query, order=ranking.order, limit=ranking.limit or 1, offset=ranking.offset)
    return query


def _topic(before: str | None, new: str | None, *, adds: bool) -> str | None:
    """The topic, or both, where a set about one is narrowed by another; None where unclear."""
    if new is None or before is None or not adds:
        return new or before
    if _JOINTS.search(before) or _JOINTS.search(new):
        return None
    return f"{before} and {new}"


def _dated(found: Found) -> bool:
    return bool(found.filters.since or found.filters.until or found.conditions.periods)
