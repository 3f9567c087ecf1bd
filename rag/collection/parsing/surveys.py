"""Papers that tell of the work of others, in words: "all surveys", "any review papers"."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.collection.parsing.rest import Rest
from rag.collection.query import Conditions

TITLED = ("survey", "review", "overview")
"""One of these words stands in the title of such a paper."""

_PAPERS = r"(?:papers?|articles?|stud(?:y|ies))"
_KIND = r"(?:(?:literature|systematic|comprehensive) )*"
SURVEYS = re.compile(
    rf"(?:^|(?<=\ball )|(?<=\blist )|(?<=\bany )|(?<=\bmany )|(?<=\bshow )|(?<=\bfind )|(?<=\bme )"
    rf"|(?<=\bwhich )|(?<=\bwhat )|(?<=\bare )|(?<=\bthere )|(?<=\bthe )|(?<=\bof )){_KIND}"
    rf"(?:(?:surveys|reviews|overviews)(?: {_PAPERS})?|(?:survey|review|overview) {_PAPERS})\b"
    rf"|(?:(?<=\bany )|(?<=\bthere an )|(?<=\bthere a )){_KIND}(?:survey|review|overview)\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\s+(?:of|for|in)\s+(?!(?:the|this|your|our) (?:collection|corpus|store)\b)")


def take_surveys(rest: Rest, conditions: Conditions) -> Conditions:
    """With the condition that a title says so; the words for it are read as "papers"."""
    match = SURVEYS.search(rest.text)
    if match is None:
        return conditions
    before, after = rest.text[: match.start()], rest.text[match.end() :]
    of = _OF.match(after)
    if of and after[of.end() : of.end() + 1].isalpha():
        after = f" about {after[of.end() :]}"
    rest.text = f"{before}papers{after}"
    return replace(conditions, title_any=TITLED)
