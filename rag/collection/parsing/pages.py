"""Which pages show a paper, and how many, in words."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.collection.facets import CollectionFacets, page_label
from rag.collection.numbers import NUMBER, bounds, number, quantity
from rag.collection.parsing.rest import Rest, words
from rag.collection.query import Conditions

_SAVED = r"(?:(?:saved|source|html|listing|different|separate|distinct|stored|downloaded) )*"
_SEEN = (
    r"(?:\b(?:(?:to be )?(?:appear|show|turn|crop|pop|come|seen|listed"
    r"|found|occur|featured?|present"
    r"|included|saved|repeated|show(?:s|n|ing)?)(?:s|ing|ed)? (?:up )?|(?:is|are|be|was|were) ))?"
)
_ON = rf"{_SEEN}\b(?:on|in|across|over|spread over) "
_PAGES = rf"{_SAVED}(?:pages?|files?|snapshots?|sources?)\b"
_OF_THE = rf"(?:(?:of|out of) (?:the|these|our|your) (?:{NUMBER} )?)?"
_HOW_MANY = quantity(rf"{_OF_THE}{_PAGES}(?!\s*(?:\d|no\b|number\b))", _ON)
_TIMES = (
    (
        words(rf"{_SEEN}(?:more than once|repeatedly|several times|multiple times)"),
        (2, None),
    ),
    (words(rf"{_ON}(?:several|multiple|various|many) {_PAGES}"), (2, None)),
    (words(rf"{_SEEN}(?:only|just|exactly) once"), (1, 1)),
    (words(rf"{_SEEN}(?:exactly |just |only )?twice"), (2, 2)),
    (words(r"duplicate[ds]?(?: (?:papers|entries))?"), (2, None)),
)
_NAME = r"(?:\d{1,4}(?![\w+])|(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
_NAMES = (
    rf"{_NAME}(?:\s*(?:,|and|or|&|as well as|nor)\s*(?:(?:also )?(?:on )?pages? )?{_NAME}"
    rf")*"
)
_EVERY = re.compile(
    rf"{_ON}(?:every(?: single)?(?: one)?|each(?: and every)?(?: one)?|all)"
    rf"(?: of)?(?: (?:the|these|our|your))?(?: {NUMBER})? {_PAGES}"
    rf"(?: (?:except|but|other than|apart from)(?: for)? (?:on )?pages? (?P<others>{_NAMES}))?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?P<only>\b(?:only|exclusively|solely|just) )?(?P<not>\b(?:but )?(?:not|missing|absent) )?"
    rf"(?:{_SEEN}(?P<only2>\b(?:only|exclusively|solely|just) )?\b(?:on|in|from|of|does|do) )"
    rf"(?P<both>both |either |each of )?(?:the )?(?:saved )?(?:pages?|files?) "
    rf"(?:no\.? |number |\#)?(?P<names>{_NAMES})"
    rf"(?:,? but not (?:also )?(?:on )?(?:pages? )?(?P<others>{_NAMES}))?"
    rf"(?P<only3> (?:only|alone|exclusively|and (?:no\s*where else|on no other(?: page)?)))?",
    re.IGNORECASE,
)
_SPLIT = re.compile(rf"(?<![\w]){_NAME}", re.IGNORECASE)


def take_pages(rest: Rest, facets: CollectionFacets) -> tuple[Conditions, tuple[str, ...]] | None:
    """(conditions on pages, pages any of which may show a paper); None where it is unclear."""
    conditions = Conditions()
    any_of: tuple[str, ...] = ()
    if match := rest.take(_EVERY):
        others = _resolved(match["others"], facets)
        all_but = tuple(page for page in facets.pages if not page.startswith(others or ("\0",)))
        return replace(conditions, all_pages=all_but, not_pages=others), any_of
    for _ in range(3):
        match = rest.take(_NAMED)
        if match is None:
            break
        conditions, any_of = _named(match, conditions, any_of, facets)
    if match := rest.take(_HOW_MANY):
        found = bounds(match)
        if found is None:
            return None
        return replace(conditions, min_pages=found[0], max_pages=found[1]), any_of
    for pattern, (least, most) in _TIMES:
        if rest.take(pattern):
            return replace(conditions, min_pages=least, max_pages=most), any_of
    return conditions, any_of


def _named(
    match: re.Match[str],
    conditions: Conditions,
    any_of: tuple[str, ...],
    facets: CollectionFacets,
) -> tuple[Conditions, tuple[str, ...]]:
    names = _resolved(match["names"], facets)
    without = _resolved(match["others"], facets)
    conditions = replace(conditions, not_pages=(*conditions.not_pages, *without))
    either = re.search(r"\bor\b|\bnor\b", match["names"], re.I) or re.match(
        "either", match["both"] or "", re.I
    )
    if match["not"]:
        return replace(conditions, not_pages=(*conditions.not_pages, *names)), any_of
    if match["only"] or match["only2"] or match["only3"]:
        every = () if either else names
        return replace(conditions, only_pages=names, all_pages=every), any_of
    if either or (len(names) == 1 and not any_of and not conditions.all_pages):
        return conditions, (*any_of, *names)
    return replace(conditions, all_pages=(*conditions.all_pages, *any_of, *names)), ()


def _resolved(names: str | None, facets: CollectionFacets) -> tuple[str, ...]:
    return tuple(resolve_page(name[0], facets) for name in _SPLIT.finditer(names or ""))


def resolve_page(name: str, facets: CollectionFacets) -> str:
    """The page that people call by this number ("2", "002", "two"); else the name as it is."""
    wanted = number(name)
    for page in facets.pages:
        label = page_label(page)
        if label == name or (label.isdecimal() and wanted is not None and int(label) == wanted):
            return page
    return name
