"""Counts for each year, month, page, ..., in words."""

from __future__ import annotations

from rag.collection.parsing.order import COUNTS, PAGE, TOP_N
from rag.collection.parsing.rest import Rest, words
from rag.collection.query import Group, Order

_UNITS: tuple[tuple[Group, str], ...] = (
    ("year", r"(?:publication )?years?"),
    ("month", r"(?:calendar )?months?"),
    ("page", rf"(?:of the )?{PAGE}"),
    ("n_authors", COUNTS),
    ("organisation", r"(?:organi[sz]ations?|compan(?:y|ies)|institutions?|labs?)"),
)
_PER = (
    r"(?:(?:broken down|grouped|split|sorted|counted) )?"
    r"(?:per|by|(?:for|in|from|on|of) each|each|(?:for|in) every|a)"
)
_FORMS: tuple[tuple[Group, str], ...] = tuple((group, rf"{_PER} {unit}") for group, unit in _UNITS)
_PATTERNS = tuple((group, words(form)) for group, form in _FORMS)
_LARGEST = words(
    r"(?:in |on )?(?:which|what) (?:of the )?"
    r"(?P<unit>year|month|page|saved page|organi[sz]ation|company)s? "
    r"(?:(?:is|are|was|were|has|have|had|shows?|holds?|contains?|lists?|saw|did|do) )?(?:there )?"
    r"(?:the )?(?P<way>most|fewest|least) (?:papers|articles|publications|entries)"
    r"(?: (?:come out|appear|published|released))?"
)


def take_group(rest: Rest) -> tuple[Group, Order | None] | None:
    """ "per month"; "which year has the most papers" with the order of the groups."""
    if match := rest.take(_LARGEST):
        units: dict[str, Group] = {"year": "year", "month": "month", "page": "page"}
        unit = match["unit"].lower().split()[-1]
        return units.get(unit, "organisation"), Order("papers", match["way"].lower() == "most")
    if TOP_N.search(rest.text):
        return None  # "top 3 by number of authors" ranks papers
    for group, pattern in _PATTERNS:
        if rest.take(pattern):
            return group, None
    return None
