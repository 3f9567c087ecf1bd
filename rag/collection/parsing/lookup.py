"""Questions about what is recorded of one paper that is named by its title."""

from __future__ import annotations

import re

from index.text import normalise
from rag.collection.facets import CollectionFacets
from rag.collection.query import Asked, CollectionQuery

_X = r"(?P<x>.{2,200}?)"
_PUBLISHED = r"(?:come out|published|released|appear|posted|dated|put out|submitted|written|from)"
_ARE_BEHIND = (
    r"(?:are (?:there )?(?:on|of|in|for|behind|listed (?:on|for|in))"
    r"|were (?:on|behind|involved in)|wrote|worked on|signed|co-?authored|contributed to)"
)
_LAB = r"(?:organi[sz]ation|company|lab|institution)"
_PAGE_VERB = r"(?:is|are|does|do|was|has|have|lists?|shows?|contains?)"
_ON = r"(?: (?:(?:appear|listed|show up|turn up)(?: on)?|on|in))?"
_FORMS: tuple[tuple[tuple[Asked, ...], tuple[str, ...]], ...] = (
    (
        ("n_authors",),
        (
            rf"how many (?:co-?)?(?:authors|people) (?:does|do|did|has|have|had) {_X}"
            r"(?: (?:have|has|list|name|got))?",
            rf"how many (?:co-?)?(?:authors|people|researchers) {_ARE_BEHIND} {_X}",
            rf"(?:what is|what's|give me|tell me) the (?:number of authors|author count) "
            rf"(?:of|for|on) {_X}",
            rf"by how many (?:people|authors|researchers) was {_X} (?:written|authored)",
        ),
    ),
    (
        ("date",),
        (
            rf"when (?:was|were|did|is|are) {_X} (?:first )?{_PUBLISHED}(?: first)?",
            rf"(?:what|which) (?:is |was )?(?:the )?(?:publication |release |listed )?"
            rf"(?:date|year|month|day) (?:of|for|on|does|is (?:given|listed) for) {_X}"
            r"(?: (?:have|carry|bear))?",
            rf"(?:in |from |on )?(?:what|which) (?:year|month|date|day) (?:was|did|is|were) {_X} "
            rf"{_PUBLISHED}",
            rf"how old is {_X}",
        ),
    ),
    (
        ("pages",),
        (
            rf"(?:on )?(?:which|what|how many) (?:of the )?(?:\w+ )?(?:saved )?pages? {_PAGE_VERB} "
            rf"{_X}{_ON}",
            rf"where (?:in the (?:collection|store) )?(?:is|does) {_X} "
            r"(?:listed|appear|show up|saved)",
        ),
    ),
    (
        ("authors", "n_authors", "organisation"),
        (rf"who (?:wrote|authored|published|is behind|(?:is|are) the authors? of) {_X}",),
    ),
    (
        ("organisation",),
        (
            rf"(?:which|what) {_LAB} (?:is|was|does|did) {_X} (?:come )?from",
            rf"(?:which|what) {_LAB} (?:published|released|wrote|is behind) {_X}",
        ),
    ),
    (
        ("n_authors", "date"),
        (
            rf"how many authors does {_X} have,? and when (?:was|did) it {_PUBLISHED}",
            rf"when (?:was|did) {_X} {_PUBLISHED},? and how many authors does it have",
        ),
    ),
)
_OPEN = r"(?:(?:and|please|so|hi|hello|ok|okay|hey)[, ]+)*(?:(?:can|could) you (?:tell me|say) )?"
_COMPILED = tuple(
    (re.compile(rf"{_OPEN}{form}\W*", re.IGNORECASE), asked)
    for asked, forms in reversed(_FORMS)
    for form in forms
)
_CALLED = re.compile(
    r"^(?:the )?(?:(?:paper|article|abstract|study) )?(?:(?:called|titled|named|entitled) )?"
    r"(?P<name>.+?)(?P<noun> (?:paper|article|publication|study|abstract"
    r"|survey|dataset|benchmark))?$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_MOST = 5  # papers that a name may stand for


def parse_lookup(question: str, facets: CollectionFacets) -> CollectionQuery | None:
    """A lookup where the question names a title of the collection, or the part before its colon."""
    for pattern, asked in _COMPILED:
        match = pattern.fullmatch(question)
        found = _titles(match["x"], facets) if match else ()
        if found:
            return CollectionQuery("lookup", titles=found, asked=asked)
    return None


def _titles(text: str, facets: CollectionFacets) -> tuple[str, ...]:
    """The titles that a text names: whole, as the part before the colon, or, "the ... paper"."""
    called = _CALLED.match(text.strip().strip("\"'“”‘’«»`,").strip())
    if called is None:
        return ()
    name = _key(called["name"].strip("\"'“”‘’«»` "))
    whole = _key(text)
    if not name:
        return ()
    exact = tuple(title for title in facets.titles if _key(title) in (name, whole))
    if exact:
        return exact[:_MOST]
    heads = tuple(title for title in facets.titles if name in _heads(title))
    if heads:
        return heads[:_MOST]
    long_enough = len(name) >= 4 or (len(name) >= 2 and called["noun"] is not None)
    inside = [title for title in facets.titles if _holds(_key(title), name)] if long_enough else []
    return tuple(inside) if len(inside) == 1 else ()


def _key(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise(text)))


def _heads(title: str) -> set[tuple[str, ...]]:
    """The part before the colon, and what stands in round brackets in it: "... (VPT): ..."."""
    head = title.partition(":")[0] if ":" in title else ""
    inner = re.findall(r"\(([^()]{2,20})\)", title)
    return {
        key for key in (_key(head), _key(re.sub(r"\([^()]*\)", "", head)), *map(_key, inner)) if key
    }


def _holds(title: tuple[str, ...], name: tuple[str, ...]) -> bool:
    size = len(name)
    return any(title[i : i + size] == name for i in range(len(title) - size + 1))
