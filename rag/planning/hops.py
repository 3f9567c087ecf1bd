"""Comparisons and double questions, taken apart: one query a side. Pure."""

from __future__ import annotations

import re
from typing import Literal

from rag.planning.leaning import content_words

Shape = Literal["one", "two", "many"]

_SHORT = 3  # words: a side that has no more shares the beginning of the other one
_LEAST_OWN = 3  # content words of a second question that stands by itself
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_BREAK = re.compile(
    r"[:;?]|\s[-–—]+\s|,\s+(?=(?:and|which|what|how|who|where|why|when|does|do|did|is|are)\b)|"
    r"\.(?=\s|$)"
)
_BETWEEN = re.compile(
    r",?\s+(?:versus|vs\.?|as opposed to|in contrast (?:to|with)|(?:as )?compared (?:to|with))\s+",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"\b(?:compar(?:e|ing|ison (?:of|between))|differences? between|distinguish(?:es)?|"
    r"chang(?:ed?|es) (?:between|from)|contrast(?:ing)?)\s+",
    re.IGNORECASE,
)
_DIFFERS = re.compile(
    r"\b(?:how|where|in what way|in which way)\s+(?:do|does|did|is|are)\s+([^?.:;]+?)\s+"
    r"(?:differ(?:s|ent)?|compare[sd]?)\b(?:\s+(?:from|to|with)\s+([^?.:;]+))?",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"^([^?.:;]+?),?\s+or\s+([^?.:;]+?)\s*[:?,]\s*"
    r"(?=(?:which|what|how|who|is|are|do|does|when)\b)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"(on|for|in|with|by|at|from|of|under|through|using)\s", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|with|to)\s+", re.IGNORECASE)
_SAME_QUESTION = re.compile(r",?\s+and\s+(?=(which|what|who|how|where)\s)", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|each|those|these|that|this|one)\b", re.IGNORECASE
)
_OPENING = re.compile(
    r"(?:what (?:was|has been|is|were|did \w+) (?:found|tried|known|learned|done|shown)\s+"
    r"(?:about|for|on|with)|how (?:does|do|did|well do|well does))\s+",
    re.IGNORECASE,
)
_TWO_PAPERS = re.compile(
    r"\b(?:two|both)\s+(?:\w+[\s-]){0,3}?(?:papers?|works?|studies|groups?|methods?|approaches|"
    r"teams?|systems?|models?|learners?|attempts|ways)\b",
    re.IGNORECASE,
)
_TWO = re.compile(
    r"\b(?:both of|compar(?:e|ed|ing|ison)|versus|vs|differ(?:s|ences?)?\b|contrast)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:which|what|list|name|any|are there|show me)\b[^?.]*\b(?:papers|works|approaches|methods|"
    r"options|techniques|studies|systems|benchmarks|datasets|ways)\b|"
    r"\b(?:overview|survey|summari[sz]e|collection|papers say|how many papers|everything)\b",
    re.IGNORECASE,
)


def shape_of(question: str) -> Shape:
    """How many papers an answer should draw on, from the words of the question."""
    if _TWO.search(question) or _TWO_PAPERS.search(question):
        return "two"
    return "many" if _MANY.search(question) else "one"


def parts_of(question: str) -> tuple[str, ...]:
    """Queries for the sides of a comparison, or for each of two questions; empty for others.

    Each part keeps what the sides share: "pruning on pictures versus on text" becomes "pruning on
    pictures" and "pruning on text".
    """
    for take_apart in (_versus, _differs, _pair, _either, _two_questions):
        for sentence in _SENTENCE.split(question):
            parts = [_bare(part) for part in take_apart(sentence)]
            if parts and all(_says_what(part) for part in parts):
                return tuple(dict.fromkeys(parts))
    return ()


def _says_what(part: str) -> bool:
    """Whether a part can be searched for: a name will do, a few words about "it" won't."""
    content = len(content_words(_PRONOUN.sub(" ", part)))
    return content >= (_LEAST_OWN if _PRONOUN.search(part) else 1)


def _versus(sentence: str) -> tuple[str, ...]:
    """ "T: A versus B, which ..." is (T A, T B); a B that is short takes over A's beginning."""
    between = _BETWEEN.search(sentence)
    if between is None:
        return ()
    topic, left = _after_topic(sentence[: between.start()])
    right = _up_to_break(sentence[between.end() :])
    pair = _PAIR.search(left)
    if pair:
        left = left[pair.end() :]
    return f"{topic} {left}", f"{topic} {_shared_head(left, right)}{right}"


def _shared_head(left: str, right: str) -> str:
    """What of the left side holds for the right one too: "pruning on", for "pictures" | "text"."""
    preposition = _PREPOSITION.match(right)
    if preposition:
        at = left.lower().rfind(f" {preposition[1].lower()} ")
        return left[: at + 1] if at >= 0 else ""
    words, taken = left.split(), len(right.split())
    short = taken <= _SHORT and len(words) > taken + 1
    return " ".join(words[:-taken]) + " " if short else ""


def _pair(sentence: str) -> tuple[str, ...]:
    """ "compare A and B", "the difference between A and B"."""
    trigger = _PAIR.search(sentence)
    if trigger is None:
        return ()
    topic, _ = _after_topic(sentence[: trigger.start()])
    return _halves(topic, _up_to_break(sentence[trigger.end() :]))


def _differs(sentence: str) -> tuple[str, ...]:
    """ "How does A differ from B", "how do A and B compare"."""
    match = _DIFFERS.search(sentence)
    if match is None:
        return ()
    topic, _ = _after_topic(sentence[: match.start()])
    other = match[2]
    if other is None:
        return _halves(topic, match[1])
    return f"{topic} {match[1]}", f"{topic} {_up_to_break(other)}"


def _either(sentence: str) -> tuple[str, ...]:
    """ "A or B: which is better?"."""
    match = _EITHER.search(sentence)
    return (match[1], match[2]) if match else ()


def _two_questions(sentence: str) -> tuple[str, ...]:
    """ "Which ... and which ...?", unless the second half leans on the first."""
    for match in _SAME_QUESTION.finditer(sentence):
        first, second = sentence[: match.start()], sentence[match.end() :]
        asks = re.search(rf"\b{match[1]}\b", first, re.IGNORECASE)
        if asks and not _PRONOUN.search(second) and len(content_words(second)) >= _LEAST_OWN:
            return first, second
    return ()


def _halves(topic: str, text: str) -> tuple[str, ...]:
    """Two sides, parted at the "and" (or "with", "to", "or") that is nearest to the middle."""
    middle = len(text) / 2
    joints = sorted(_AND.finditer(text), key=lambda m: abs((m.start() + m.end()) / 2 - middle))
    if not joints:
        return ()
    at = joints[0]
    return f"{topic} {text[: at.start()]}", f"{topic} {text[at.end() :]}"


def _after_topic(text: str) -> tuple[str, str]:
    """The text up to its last break, which says what the sides are about, and what follows."""
    end = max((match.end() for match in _BREAK.finditer(text)), default=0)
    return text[:end], text[end:]


def _up_to_break(text: str) -> str:
    found = _BREAK.search(text)
    return text[: found.start()] if found else text


def _bare(part: str) -> str:
    return " ".join(_OPENING.sub(" ", part).split()).strip(" ,:;.?-–—")
