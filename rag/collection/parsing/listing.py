"""Whether a question that names a topic asks which papers there are: "Any papers about X?" """

from __future__ import annotations

import re

from rag.collection.parsing.rest import CUT

_PLURAL = r"(?:papers|articles|publications|works|studies|preprints|abstracts)"
_ANY = rf"(?:any|an?|some) (?:paper|article|publication|study|preprint)|{_PLURAL}|work|research"
_WHICH = re.compile(
    rf"^(?:which are\b|(?:which|what) {_PLURAL}\b.*\b(?:are|is|do|have|has|exist|got)\b)",
    re.IGNORECASE,
)
_WHICH_THAT = re.compile(rf"^(?:which|what) {_PLURAL}(?: (?:that|here))?$", re.IGNORECASE)
_WORK = re.compile(r"^what work (?:is|do|have)\b", re.IGNORECASE)
_OTHERWISE = re.compile(rf"\b(?:{_ANY}|anything|something|any)\b", re.IGNORECASE)
_ASKS_ELSE = re.compile(r"^(?:which|what|how|why|when|where|who|whose)\b", re.IGNORECASE)
_OPEN = re.compile(
    rf"^(?:(?:and|but|so|ok|okay|hi|hey|hello|please|thanks|{CUT})[\s,.!]+)+", re.IGNORECASE
)
_MARKERS_TEXT = """
about|on|regarding|concerning|on the topic of|on the subject of|on the theme of|related to
relating to|relate to|work on|works on|in the field of|in the area of|in the domain of
"""
_VERBS_TEXT = """
deal with|deals with|dealing with|study|studying|studies|investigate|investigating|investigates
explore|exploring|explores|examine|examining|examines|tackle|tackling|tackles|discuss|discussing
discusses|address|addressing|addresses|cover|covering|covers|focus on|focusing on|focuses on
look at|looking at|looks at|treat|treating|concern|concerned with
"""
_VERBS = frozenset(_VERBS_TEXT.replace("\n", "|").strip("|").split("|"))
_MARKERS = frozenset(_MARKERS_TEXT.replace("\n", "|").strip("|").split("|")) | _VERBS
_CLAUSE = re.compile(
    r"(?<![\w-])(?:to|into|from|by|with|as|at|if|when|using|via|under)(?![\w-])", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:[-'’./][^\W_]+)*")
_SMALL = frozenset({"a", "an", "the", "of", "in", "for", "and", "or"})
_LONGEST = 3  # content words: who describes more wants what papers say, in whatever words
_OPINIONS_TEXT = """
good great best top nice cool interesting important relevant similar related other more such
influential seminal useful favourite favorite recommended key main major famous popular topic
subject thing things matter anything something
"""
_OPINIONS = frozenset(_OPINIONS_TEXT.split())


def asks_for_papers(before: str, marker: str, topic: str) -> bool:
    """Whether the words before a topic ask for the papers on it, and it is one to list by.

    ``marker``: what joins the two, "about"; empty where the topic stands right before the noun.
    Not so for what papers say or do ("Which papers use X"), and for a topic that tells of
    something rather than naming it: abstracts answer those.
    """
    joins = " ".join(marker.lower().split())
    if marker and joins not in _MARKERS:
        return False
    lead = _OPEN.sub("", " ".join(before.split()))
    if joins in _VERBS and _WHICH_THAT.match(lead):
        asked = _WHICH_THAT.match(lead)
    elif _ASKS_ELSE.match(lead):
        asked = _WHICH.match(lead) or _WORK.match(lead)
    else:
        asked = _OTHERWISE.search(lead)
    return asked is not None and _names(topic)


def _names(topic: str) -> bool:
    words = [word.lower() for word in _WORD.findall(topic)]
    content = [word for word in words if word not in _SMALL]
    return (
        0 < len(content) <= _LONGEST
        and not _CLAUSE.search(topic)
        and not _OPINIONS.intersection(content)
    )
