"""What a list should show of each paper, in words: "and how many authors does each have"."""

from __future__ import annotations

from rag.collection.parsing.rest import Rest, words
from rag.collection.query import Asked

_EACH = (
    r"(?:(?:each|every|any)(?: one)?(?: of (?:them|these|those))?|they|it|these|those"
    r"|all of them)"
)
_AND = r"(?:(?:, ?)?(?:and|along|together) )?(?:also )?"
_OUT = r"(?:come out|published|released|appear|dated|put out|written|submitted|from)"
_END = r"(?= ?(?:$|[?.!,¦]|and\b))"
_SHOW = r"(?:with|give|show|state|list|include|including|plus|and) (?:me )?(?:the |their |its )?"
_OF_EACH = rf"(?: (?:of|for) {_EACH})?"
_FORMS: tuple[tuple[Asked, tuple[str, ...]], ...] = (
    (
        "n_authors",
        (
            rf"{_AND}how many (?:authors )?(?:do|does|did|has|have|had) {_EACH}"
            r"(?: (?:have|has|list|got|each))*",
            rf"{_AND}how many (?:authors )?(?:are|is) (?:there )?(?:on|of|for|in) {_EACH}",
            rf"{_AND}by how many(?: (?:people|authors))?(?: (?:is|was|were|are) {_EACH}"
            r"(?: written)?)?",
            rf"{_AND}{_SHOW}(?:exact )?(?:author counts?|numbers? of authors){_OF_EACH}{_END}",
            r"(?<!\w)how many (?:authors|people) (?:does|do|did|has|have|wrote|are (?:on|behind))"
            r"(?=\s)",
        ),
    ),
    (
        "date",
        (
            rf"{_AND}when (?:was|were|did|is|are) {_EACH} {_OUT}",
            rf"{_AND}{_SHOW}(?:publication |exact )?dates?{_OF_EACH}{_END}",
            rf"{_AND}(?:what|which) (?:date|year|month) (?:is|was|does|did) {_EACH}"
            rf"(?: (?:{_OUT}|have|carry))?",
            rf"{_AND}what (?:is|are) (?:its|their) dates?",
            r"(?<!\w)when (?:was|were|did|is)(?=\s)",
            r"(?<!\w)(?:in )?(?:what|which) (?:is the )?(?:publication )?(?:date|year|month|day)"
            r"(?: (?:of|was|did|is))?(?= (?:the|¦))",
        ),
    ),
    (
        "pages",
        (
            rf"{_AND}(?:on )?(?:which|what) pages? (?:(?:is|are|do|does) )?{_EACH}(?: (?:is|are))?"
            r"(?: (?:on|appear(?: on)?|listed(?: on)?))?",
            r"(?<!\w)(?:on )?(?:which|what) pages (?:is|are|does|do)(?=\s)",
        ),
    ),
)
_PATTERNS = tuple((words(form), asked) for asked, forms in _FORMS for form in forms)


def take_asked(rest: Rest) -> tuple[Asked, ...]:
    """The fields that the answer must show of each paper."""
    found = [asked for pattern, asked in _PATTERNS if rest.take(pattern)]
    return tuple(dict.fromkeys(found))
