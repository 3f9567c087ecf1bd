"""Questions about the record of the one paper that was spoken of: "Who is the first author?" """

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from rag.collection.describing import reading_of
from rag.collection.facets import CollectionFacets
from rag.collection.parsing.question import parse, plain
from rag.collection.query import Asked, CollectionQuery

_WORK = r"(?:papers?|work|article|study|publication|preprint|one|research)"
_IT = rf"(?:it|this|that|(?:this|that|the|the same|said) {_WORK})"
_OF_IT = rf"(?: (?:of|on|for|to|in|behind|from|at) {_IT}| here)?"
_PRONOUN = re.compile(
    rf"\b(?:it|(?:this|that|the) {_WORK})\b|\b(?:this|that)\b(?= (?:published|written|released|"
    r"authored|from|dated|come|appear)\b)|(?<=wrote )(?:this|that)\b",
    re.IGNORECASE,
)
_LAB = (
    r"(?:organi[sz]ations?|compan(?:y|ies)|labs?|laborator(?:y|ies)|institut(?:ions?|es?)"
    r"|universit(?:y|ies)|affiliations?|groups?|teams?)"
)
_AUTHORS = r"(?:co-?)?(?:authors?|writers?)"
_PLACE = r"(?:(?:first|second|last|lead|main|senior|corresponding|other) )*"
_BE = r"(?:is|are|was|were)"
_DID = r"(?:did|does|do|made|published|released|wrote|produced|conducted|carried out|ran)"
_THE = r"(?:the |its |their |his |her )?"
_LINK = r"(?:links?|urls?|web ?(?:page|site|address)|pdfs?|dois?|arxiv(?: (?:link|page|id))?)"
_FORMS: tuple[tuple[tuple[Asked, ...], tuple[str, ...]], ...] = (
    (
        ("authors", "n_authors", "organisation"),
        (
            rf"who (?:{_BE} )?{_THE}{_PLACE}{_AUTHORS}{_OF_IT}",
            rf"(?:what {_BE}|name|list|give(?: me)?|tell me) {_THE}(?:names? of )?"
            rf"{_PLACE}{_AUTHORS}(?:['’]s?)?(?: names?)?{_OF_IT}",
            rf"who (?:{_DID}|{_BE} behind|worked on) {_IT}",
            rf"by whom (?:was|is) {_IT}(?: (?:written|authored))?",
            rf"{_THE}{_AUTHORS}{_OF_IT}",
        ),
    ),
    (
        ("organisation",),
        (
            rf"(?:(?:which|what)|who's) {_LAB} (?:{_DID}|{_BE} (?:behind|responsible for)) {_IT}",
            rf"(?:from )?(?:which|what) {_LAB} (?:{_BE}|did|does|do) (?:{_IT}|they|the {_AUTHORS})"
            r"(?: (?:come|from|work|belong|at|for|to|done|written|affiliated|with))*",
            rf"(?:at |in |by )?(?:which|what) {_LAB} (?:{_BE}) {_IT} (?:done|written|made|produced"
            r"|carried out|developed)(?: at| by)?",
            rf"(?:what|which) (?:{_BE} )?{_THE}{_LAB}{_OF_IT}",
            rf"where (?:do|did) (?:{_IT}|they|the {_AUTHORS}) (?:come from|work)",
            rf"where {_BE} (?:the {_AUTHORS}|they) from",
        ),
    ),
    (
        ("n_authors",),
        (
            rf"how many (?:{_AUTHORS}|people|researchers)(?: (?:{_BE} there|does|wrote|worked on"
            rf"|{_BE} (?:on|behind|involved)))?(?: (?:{_IT}|there))?(?: have)?{_OF_IT}",
            rf"(?:what {_BE} )?{_THE}(?:number of {_AUTHORS}|author count){_OF_IT}",
        ),
    ),
    (
        ("date",),
        (
            rf"(?:when|what (?:year|month|date)|(?:in )?which (?:year|month))(?: (?:was|did|is) "
            rf"{_IT}(?: (?:come out|published|released|appear|written|submitted|from|out))?)?",
            rf"(?:what|which) (?:{_BE} )?{_THE}(?:publication |release )?(?:date|year|month)"
            rf"{_OF_IT}",
            rf"how (?:old|recent|new) is {_IT}",
        ),
    ),
    (
        ("url",),
        (
            rf"(?:is|are) there (?:an?y? )?{_LINK}{_OF_IT}(?: (?:available|too|as well))?",
            rf"(?:do|have) you (?:have |got )?(?:an?y? |the )?{_LINK}{_OF_IT}",
            rf"(?:what(?:'s| {_BE})|where(?:'s| {_BE})|give me|show me|(?:can|could|may) (?:i|you) "
            rf"(?:have|get|give me|see|share)) (?:an? )?{_THE}{_LINK}{_OF_IT}",
            rf"(?:does|has) {_IT} (?:have|got|come with) an?y? {_LINK}",
            rf"where (?:can|could|do|may) (?:i|we|one) (?:find|read|get|download|access|see) "
            rf"(?:{_IT}|the (?:full|whole) (?:text|paper)|the pdf|more of it)",
            rf"{_THE}{_LINK}{_OF_IT}",
        ),
    ),
)
_OPEN = (
    r"(?:(?:and|but|so|ok|okay|also|then|please|thanks|by the way|great|hi)\b[, .!]*)*"
    r"(?:(?:can|could) you (?:tell me|say) |(?:do )?you know |tell me )?"
)
_COMPILED = tuple(
    (re.compile(rf"{_OPEN}{form}\W*", re.IGNORECASE), asked)
    for asked, forms in _FORMS
    for form in forms
)


def parse_record(
    question: str, title: str, *, today: dt.date, facets: CollectionFacets
) -> CollectionQuery | None:
    """A lookup of what a follow-up asks of the record of the paper with this title, if it does.

    "How many authors does it have?", "Who is the first author?" are no questions for the abstract.
    """
    text = plain(question)
    named = _PRONOUN.sub(lambda _: f'"{title}"', text, count=1)
    query = parse(named, today=today, facets=facets) if named != text else None
    if query is not None and query.kind == "lookup":
        return query
    for pattern, asked in _COMPILED:
        if pattern.fullmatch(text):
            found = CollectionQuery("lookup", titles=(title,), asked=asked)
            return replace(found, reading=reading_of(found))
    return None
