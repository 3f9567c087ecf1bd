"""Comparisons and double questions, taken apart: one query a side. Pure."""

from __future__ import annotations

import re
from typing import Literal

from rag.planning.leaning import content_words

Shape = Literal["one", "two", "many"]

_SHORT = 3  # words: a side that has no more shares the beginning of the other one
Sides = tuple[str, tuple[str, ...]]  # what they are about, and the two of them (or none)
_NO_SIDES: Sides = ("", ())
_LEAST_OWN = 3  # content words of a second question that stands by itself
_SENTENCE = re.compile(r"(?<=[.?!])(?<!\bvs\.)\s+")
_BREAK = re.compile(
    r"[:;?]|\s[-–—]+\s|,\s+(?=(?:and|which|what|how|who|where|why|when|does|do|did|is|are)\b)|"
    r"\.(?=\s|$)"
)
_BETWEEN = re.compile(
    r",?\s+(?:versus|vs\.?|as opposed to|in contrast (?:to|with))\s+",
    re.IGNORECASE,
)
_COMPARED = re.compile(r",?\s+(?:as )?compared (?:to|with)\s+", re.IGNORECASE)
_FOUND = re.compile(  # else "compared with" mostly names a baseline of one paper
    r"\bwhat (?:was|were|has been|have been|is|did \w+) (?:found|known|shown|reported|learned)\b",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"\b(?:compar(?:e|ing|ison (?:of|between))|differences? between|distinguish(?:es)?|"
    r"chang(?:ed?|es) (?:between|from)|contrast(?:ing)?)\s+",
    re.IGNORECASE,
)
_DIFFERS = re.compile(
    r"\b(?:how|where|in what way|in which way)\s+(?:do|does|did|is|are)\s+([^?.:;]+?)\s+"
    r"(?:differ(?:s|ent)?|compare)\b(?:\s+(?:from|to|with)\s+([^?.:;]+))?",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"^([^?.:;]+?),?\s+or\s+([^?.:;]+?)\s*[:?,]\s*"
    r"(?=(?:which|what|how|who|when)\b)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"(on|for|in|with|by|at|from|of|under|through|using)\s", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|with|to)\s+", re.IGNORECASE)
_SAME_QUESTION = re.compile(r",?\s+and\s+(?=(which|who)\s)", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|each|those|these|that|this|one|both)\b", re.IGNORECASE
)
_OPENING = re.compile(
    r"(?:what (?:was|has been|is|were|did \w+) (?:found|tried|known|learned|done|shown)\s+"
    r"(?:about|for|on|with)|how (?:does|do|did|well do|well does))\s+",
    re.IGNORECASE,
)
_TWO_PAPERS = re.compile(
    r"\b(?:two|both)\s+(?:[\w-]+\s+){0,3}?(?:papers|works|studies|groups|methods|approaches|teams|"
    r"systems|learners|attempts)\b|"
    r"\bone\s+(?:study|paper|approach|work|method|group|team|of them)\b.*\b(?:another|the other)\b|"
    r"\bthe\s+(?:[\w-]+\s+){1,3}?(?:study|paper) and the\s+(?:[\w-]+\s+){1,3}?(?:study|paper)\b",
    re.IGNORECASE | re.DOTALL,
)
_TWO = re.compile(
    r"\b(?<!it )(?<!that )(?<!this )compare\b|\b(?:comparing|comparison (?:of|between)|versus|vs|"
    r"differ|differs|contrast|differences? (?:between|in|to))\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:which|what)\s+(?:[\w-]+\s+){0,3}?(?:papers|works|approaches|methods|options|techniques|"
    r"studies|systems|benchmarks|data ?sets|collections|attempts|strategies|ways)\b"
    r"(?!\s+(?:best|better|well|did|does|was|(?:was|were)\s+used)\b)|"
    r"\b(?:any|other|are there)\s+(?:[\w-]+\s+){0,2}?(?:papers|works|studies)\b|"
    r"\b(?:which|what)\s+(?:\w+\s)?(?:work|research|evidence)\s+(?:is|here|do|has|there|that)\b|"
    r"\bwhat\s+(?:do you have|is there|has been done|do we know|people (?:have )?tried|came out)\b|"
    r"(?:^|[.?!:]\s)\W*(?:list|survey)\b|\boverview\b|\bsurvey of\b|"
    r"\beverything\s+(?:on|about|from|here)\b|\bpapers say\b|\bhow many papers\b|"
    r"\b(?:does|in) (?:the|this|your) collection\b(?! of\b)",
    re.IGNORECASE,
)


def shape_of(question: str) -> Shape:
    """How many papers an answer should draw on, from the words of the question."""
    if _TWO.search(question) or _TWO_PAPERS.search(question) or parts_of(question):
        return "two"
    return "many" if _MANY.search(question) else "one"


def parts_of(question: str) -> tuple[str, ...]:
    """Queries for the sides of a comparison, or for each of two questions; empty for others.

    Each part keeps what the sides share: "pruning on pictures versus on text" becomes "pruning on
    pictures" and "pruning on text".
    """
    for take_apart in (_versus, _differs, _pair, _either, _two_questions):
        for sentence in _SENTENCE.split(question):
            topic, sides = take_apart(sentence)
            if sides and all(_says_what(side) for side in sides):
                return tuple(dict.fromkeys(_bare(f"{topic} {side}") for side in sides))
    return ()


def _says_what(part: str) -> bool:
    """Whether a part can be searched for: a name will do, a few words about "it" won't."""
    content = len(content_words(_PRONOUN.sub(" ", part)))
    return content >= (_LEAST_OWN if _PRONOUN.search(part) else 1)


def _versus(sentence: str) -> Sides:
    """ "T: A versus B, which ..."; a B that is short takes over A's beginning."""
    between = _BETWEEN.search(sentence)
    if between is None and _FOUND.search(sentence):
        between = _COMPARED.search(sentence)
    if between is None:
        return _NO_SIDES
    topic, left = _after_topic(sentence[: between.start()])
    right = _up_to_break(sentence[between.end() :])
    pair = _PAIR.search(left)
    if pair:
        left = left[pair.end() :]
    return topic, (left, _shared_head(left, right) + right)


def _shared_head(left: str, right: str) -> str:
    """What of the left side holds for the right one too: "pruning on", for "pictures" | "text"."""
    preposition = _PREPOSITION.match(right)
    if preposition:
        at = left.lower().rfind(f" {preposition[1].lower()} ")
        return left[: at + 1] if at >= 0 else ""
    words, taken = left.split(), len(right.split())
    short = taken <= _SHORT and len(words) > taken + 1
    return " ".join(words[:-taken]) + " " if short else ""


def _pair(sentence: str) -> Sides:
    """ "compare A and B", "the difference between A and B"."""
    trigger = _PAIR.search(sentence)
    if trigger is None:
        return _NO_SIDES
    topic, _ = _after_topic(sentence[: trigger.start()])
    return topic, _halves(_up_to_break(sentence[trigger.end() :]))


def _differs(sentence: str) -> Sides:
    """ "How does A differ from B", "how do A and B compare"."""
    match = _DIFFERS.search(sentence)
    if match is None:
        return _NO_SIDES
    topic, _ = _after_topic(sentence[: match.start()])
    other = match[2]
    return topic, _halves(match[1]) if other is None else (match[1], _up_to_break(other))


def _either(sentence: str) -> Sides:
    """ "A or B: which is better?"."""
    match = _EITHER.search(sentence)
    return ("", (match[1], match[2])) if match else _NO_SIDES


def _two_questions(sentence: str) -> Sides:
    """ "Which ... and which ...?", unless the second half leans on the first."""
    for match in _SAME_QUESTION.finditer(sentence):
        first, second = sentence[: match.start()], sentence[match.end() :]
        asks = re.search(rf"\b{match[1]}\b", first, re.IGNORECASE)
        if asks and not _PRONOUN.search(second) and len(content_words(second)) >= _LEAST_OWN:
            return "", (first, second)
    return _NO_SIDES


def _halves(text: str) -> tuple[str, ...]:
    """Two sides, parted at the "and" (or "with", "to") that is nearest to the middle."""
    middle = len(text) / 2
    joints = sorted(_AND.finditer(text), key=lambda m: abs((m.start() + m.end()) / 2 - middle))
    return (text[: joints[0].start()], text[joints[0].end() :]) if joints else ()


def _after_topic(text: str) -> tuple[str, str]:
    """The text up to its last break, which says what the sides are about, and what follows."""
    end = max((match.end() for match in _BREAK.finditer(text)), default=0)
    return text[:end], text[end:]


def _up_to_break(text: str) -> str:
    found = _BREAK.search(text)
    return text[: found.start()] if found else text


def _bare(part: str) -> str:
    return " ".join(_OPENING.sub(" ", part).split()).strip(" ,:;.?-–—")
