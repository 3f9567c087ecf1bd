"""Superlatives and order, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.collection.numbers import NUMBER, ORDINAL, number
from rag.collection.parsing.rest import Rest, words
from rag.collection.query import Field, Order

COUNTS = r"(?:author (?:count|number)s?|number of (?:co-?)?authors|team size)"
PAGE = r"(?:(?:saved|source|different|of the|of these) )*pages?"

_N = rf"(?:(?P<n>{NUMBER}) )?"
_TOP = rf"(?:(?:the )?(?:top|first) (?P<top>{NUMBER}) )?"
_RANK = rf"(?:(?P<rank>{ORDINAL})[ -])?"
_NOUN = (
    r"(?:papers?|articles?|publications?|works?|entr(?:y|ies)|ones?|studies|study|abstracts?"
    r"|preprints?)"
)
_NEW = r"(?:newest|latest|most recent(?:ly (?:published|released|dated|added))?|youngest)"
_OLD = r"(?:oldest|earliest|least recent)"
_MANY = r"(?:most|(?:highest|largest|greatest|maximum) (?:(?:number|count) of )?)"
_FEW = r"(?:fewest|least|(?:smallest|lowest|minimum) (?:(?:number|count) of )?)"
_LED = rf"{_TOP}{_N}(?:{_NOUN} )?(?:with|have|has|having|had|list|lists) (?:the )?{_RANK}"
_SEEN = r"(?:show(?:s|n|ing)?|turn(?:s|ing)?|appear(?:s|ing)?|listed|seen|found|repeated) (?:up )?"
_ON = rf"(?:{_SEEN})?(?:on|in|across) (?:the )?"
_OUT = r"(?:published|released|came out|come out|appeared|dated)"
_AND_N = rf"(?: (?P<n2>{NUMBER})(?=\s|$))?"

# `n`, `n2`, `top` and `rank` say how many are wanted, and which.
_EXTREMES: tuple[tuple[Field, bool, tuple[str, ...]], ...] = (
    (
        "n_authors",
        True,
        (
            rf"{_LED}{_MANY} ?(?:co-?)?authors?",
            rf"{_RANK}{_MANY} ?(?:co-?)?authors?",
            r"(?:the )?(?:most|largest|biggest|longest)[ -]author(?:ed| (?:list|team|group))s?",
            r"(?:the )?(?:largest|biggest) (?:team|group)s?(?: of (?:authors|people))?",
            rf"(?:the )?(?:highest|largest|biggest|greatest|maximum) {COUNTS}",
        ),
    ),
    (
        "n_authors",
        False,
        (
            rf"{_LED}{_FEW} ?(?:co-?)?authors?",
            rf"{_RANK}{_FEW} ?(?:co-?)?authors?",
            r"(?:the )?(?:smallest|shortest)[ -](?:author[ -])?(?:list|team|group)s?"
            r"(?: of (?:authors|people))?",
            rf"(?:the )?(?:lowest|smallest|minimum) {COUNTS}",
        ),
    ),
    (
        "n_pages",
        True,
        (
            rf"{_ON}{_MANY} ?{PAGE}",
            rf"{_SEEN}(?:the )?most (?:often|frequently)",
            r"(?:the )?most (?:often|frequently) (?:listed|seen|repeated|duplicated|saved)",
        ),
    ),
    ("n_pages", False, (rf"{_ON}{_FEW} ?{PAGE}",)),
    ("title_length", True, (r"(?:the )?longest (?:title|name)s?",)),
    ("title_length", False, (r"(?:the )?shortest (?:title|name)s?",)),
    ("abstract_length", True, (r"(?:the )?longest abstracts?",)),
    ("abstract_length", False, (r"(?:the )?shortest abstracts?",)),
    (
        "date",
        True,
        (
            rf"{_TOP}{_N}{_RANK}{_NEW}{_AND_N}",
            rf"(?:the )?last(?: (?P<n>{NUMBER}))?(?= {_NOUN})",
            rf"{_OUT} (?:the )?(?:last|latest|most recently)",
        ),
    ),
    (
        "date",
        False,
        (
            rf"{_TOP}{_N}{_RANK}{_OLD}{_AND_N}",
            rf"(?:the )?(?:very )?first(?: (?P<n>{NUMBER}))?(?= {_NOUN})",
            rf"{_OUT} (?:the )?(?:first|earliest)",
        ),
    ),
)
_SORTED = r"(?:sorted|ordered|ranked|arranged|in order) (?:by|of)"
_SORTS: tuple[tuple[Field, bool, tuple[str, ...]], ...] = (
    (
        "date",
        True,
        (
            r"(?:the )?(?:newest|latest|most recent) (?:ones? )?first",
            r"in reverse(?: chronological)? order",
        ),
    ),
    (
        "date",
        False,
        (
            r"(?:the )?(?:oldest|earliest) (?:ones? )?first",
            r"(?:in )?chronological(?:ly)?(?: order)?",
            rf"{_SORTED} (?:(?:their|publication) )*(?:date|year|age)s?",
        ),
    ),
    ("n_authors", True, (rf"{_SORTED} (?:their )?(?:{COUNTS}|authors)",)),
    (
        "title",
        False,
        (
            r"(?:sorted |ordered )?(?:in )?alphabetical(?:ly)?(?: order)?",
            rf"{_SORTED} (?:their )?titles?",
        ),
    ),
)
_BY_COUNT = words(rf"by (?:the )?{COUNTS}")
TOP_N = words(rf"(?:the )?(?:top|first) (?P<n>{NUMBER})")
_OF_THEM = words(rf"(?P<n>{NUMBER})(?= {_NOUN})")
_SOME = 5  # papers that "the newest papers" are, as no number is said
_ONE_TEXT = "paper article publication work entry one study abstract preprint"
_MANY_OF_TEXT = "papers articles publications works entries ones studies abstracts preprints"
_WITHIN_TEXT = "of among amongst in on from across is are"
_ONE, _MANY_OF = frozenset(_ONE_TEXT.split()), frozenset(_MANY_OF_TEXT.split())
_WITHIN = frozenset(_WITHIN_TEXT.split())
_REACH = 6  # words between a superlative and its noun
_Row = tuple[re.Pattern[str], Order]


def _compiled(table: Iterable[tuple[Field, bool, tuple[str, ...]]]) -> tuple[_Row, ...]:
    return tuple((words(form), Order(by, down)) for by, down, forms in table for form in forms)


_EXTREME_PATTERNS, _SORT_PATTERNS = _compiled(_EXTREMES), _compiled(_SORTS)


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order, how many papers of it are wanted, after how many; what had to be assumed."""

    order: Order
    limit: int | None = None
    offset: int = 0
    notes: tuple[str, ...] = ()


def take_sort(rest: Rest) -> Order | None:
    """ "newest first", "sorted by number of authors"."""
    return next((order for pattern, order in _SORT_PATTERNS if rest.take(pattern)), None)


def take_extreme(rest: Rest) -> Ranking | None:
    """ "the two newest", "the paper with the most authors", "second oldest"."""
    for pattern, order in _EXTREME_PATTERNS:
        match = rest.take(pattern)
        if match is None:
            continue
        found = match.groupdict()
        many = found.get("n") or found.get("n2") or found.get("top")
        if many is None and (top := rest.take(TOP_N) or rest.take(_OF_THEM)):
            many = top["n"]
        rank = number(found["rank"]) if found.get("rank") else None
        if many is None and rank is None and order.by == "date" and _is_plural(match):
            word = "newest" if order.descending else "oldest"
            read = f"“the {word} papers”, without a number, are read as the {_SOME} {word}"
            return Ranking(order, _SOME, notes=(read,))
        return Ranking(order, number(many) if many else None, (rank or 1) - 1)
    if _BY_COUNT.search(rest.text) and (top := rest.take(TOP_N)):
        rest.take(_BY_COUNT)
        return Ranking(Order("n_authors"), number(top["n"]))
    return None


def _is_plural(match: re.Match[str]) -> bool:
    """Whether the noun that a superlative qualifies is in the plural ("the newest papers")."""
    following = match.string[match.end() :].lower()
    reach = re.findall(r"[\w-]+|[^\w\s]", following)[:_REACH]
    if not reach or reach[0] in _WITHIN:
        return False
    noun = next((word for word in reach if word in _ONE or word in _MANY_OF), "")
    return noun in _MANY_OF
