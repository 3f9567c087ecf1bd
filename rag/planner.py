"""What is being asked: does the question stand alone, or does it lean on earlier ones?

A first, lexical version. On the development questions, putting the earlier question in front of
a follow-up finds every paper that the follow-up alone misses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Filters
from rag.types import Turn

_LEANS_TEXT = """
it its they them their theirs those these this he him his she her ones former latter same others
another
"""
_LEANS = frozenset(_LEANS_TEXT.split())
_POSSESSIVES = frozenset(("its", "their", "his", "her"))
_OPENS = re.compile(r"(?:and|but|also|what about|how about|which one|any others?)\b", re.IGNORECASE)
# These open questions that stand alone as well ("Why must ...", "More efficient ...").
_MAY_OPEN = re.compile(r"(?:why|really|more|then|so|or)\b(?!-)", re.IGNORECASE)
_FEW = 2  # content words, names twice: a question that _MAY_OPEN and has more stands alone
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|would|can|could)\s+it\s+(?:be\s+)?"
    r"(?:possible|true|known|better|worth|common|enough|necessary|safe|take|make|matter|help)\b",
    re.IGNORECASE,
)
_COLLECTION = re.compile(
    r"\b(?:this|these|the|those|all)\s+(?:collection|corpus|papers|abstracts|pages|store)\b"
)
_POINTS = re.compile(r"\b(?:that|this|such|the)\b")
_THAT = re.compile(
    r"\b(?:(?:like|such as)\s+that\b|that\s+one\b|(?:of|about|for|to|on|with|than|do|does|is|was)"
    r"\s+that\s*(?:[?,.;]|$))"
)
_EMPTY_TEXT = """
a about all also am an and any are as at be been but by can could did do does exactly explain find
for from get give had has have how i if in into is kind know many me more most much my no not of
on or our paper papers please said say says show so some tell than that the then there things to
us use used using was way we were what when where which who why will with work works would you
your
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
_NAME = re.compile(r"\w*(?:\d|[a-z][A-Z]|[A-Z]{2})\w*|\b[A-Z][a-z]{2,}")
_MOST_EARLIER = 3  # questions that are put in front


@dataclass(frozen=True, slots=True)
class Plan:
    """What to answer and what to search for. ``question`` stands alone."""

    question: str
    query: str
    filters: Filters


def plan(question: str, history: Sequence[Turn], filters: Filters) -> Plan:
    """A question that leans on earlier ones gets them in front, back to one that stands alone."""
    earlier: list[str] = []
    current = question
    for turn in reversed(history[-_MOST_EARLIER:]):
        if not is_follow_up(current):
            break
        earlier.insert(0, turn.question)
        current = turn.question
    standalone = " ".join([*earlier, question])
    return Plan(standalone, standalone, filters)


def is_follow_up(question: str) -> bool:
    """Whether the question seems to need what was said before it.

    It does if it opens like the middle of a talk ("And ..."), if a pronoun comes before anything
    that it could stand for, or if it names hardly anything but "the" or "that" thing which was
    spoken of. The collection is no such thing.
    """
    if _OPENS.match(question.strip()):
        return True
    opener = _MAY_OPEN.match(question.strip())
    text = _COLLECTION.sub(" ", _EXPLETIVE.sub(" ", question.lower()))
    text = _THAT.sub(" those ", text)
    names = " ".join(_NAME.findall(re.sub(r"^\W*\w+", "", question))).lower().split()
    content, named = 0, False
    for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text):
        named = named or word in names
        # "What does TÜLU 3 release with its weights?" says itself whose.
        if word in _LEANS and content < 4 and not (named and word in _POSSESSIVES):
            return True
        content += word not in _EMPTY and not word.endswith(("n't", "n’t"))
    if opener:
        own = content - (opener[0].lower() not in _EMPTY)  # without the opener itself
        if own + len(names) <= _FEW:
            return True
    if names or _COLLECTION.search(question.lower()):
        return False
    pointing = _POINTS.search(text)
    return content <= (1 if pointing is None else 2 if pointing[0] == "the" else 4)
