"""Questions about what is recorded of one paper that is named by its title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.collection.facets import CollectionFacets
from rag.collection.parsing.naming import Name, name_in, titles_named
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
_OF_PAPERS = re.compile(
    r"\b(?:(?:co-?)?author(?:s|ed)?|wrote|written|pages?|publi(?:shed|cation)|submitted|paper"
    r"|article)\b",
    re.IGNORECASE,
)
_MOST = 20  # titles that a name may stand for: words that are in more name nothing
_MAY_BE_UNKNOWN = re.compile(r"\bhow many (?:co-?)?authors\b|\bpubli(?:shed|cation)\b", re.I)


def parse_lookup(question: str, facets: CollectionFacets) -> CollectionQuery | None:
    """A lookup where the question names a title of the collection, or a part that will do.

    Where it may stand for several papers it is for all of them, and ``called`` says by what name.
    """
    for name, asked, frame in _readings(question):
        found = titles_named(name, facets.titles, paper=_OF_PAPERS.search(frame) is not None)
        if 0 < len(found) <= _MOST:
            alone = len(found) == 1 and facets.titles.count(found[0]) == 1
            called = "" if alone else name.text
            return CollectionQuery("lookup", titles=found, asked=asked, called=called)
    return None


def parse_unknown(question: str, facets: CollectionFacets) -> CollectionQuery | None:
    """A lookup of what can only be a paper, though none is titled so.

    "How many authors does Quux have?"; not "Who wrote Hamlet?", nor what isn't written like a name.
    """
    for name, asked, frame in _readings(question):
        sure = name.is_proper and (name.paper or _MAY_BE_UNKNOWN.search(frame))
        if sure and not titles_named(name, facets.titles, paper=True):
            return CollectionQuery("lookup", asked=asked, called=name.text)
    return None


def _readings(question: str) -> Iterator[tuple[Name, tuple[Asked, ...], str]]:
    """(the name, what is asked of it, the question without it) by each form that fits."""
    for pattern, asked in _COMPILED:
        match = pattern.fullmatch(question)
        name = name_in(match["x"]) if match else None
        if match and name:
            yield name, asked, f"{question[: match.start('x')]} {question[match.end('x') :]}"
