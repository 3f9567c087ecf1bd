"""Does a question stand alone, or does it lean on what was said before? From its words. Pure.

Three answers, since words don't always tell: "How do they edit long clips without training?" may
be a first question as well as a fourth one. ``maybe`` is decided by the papers (rag.planner).
"""

from __future__ import annotations

import re
from typing import Literal

Leaning = Literal["no", "maybe", "yes"]

_INTERJECTIONS = re.compile(
    r"(?:(?:ok(?:ay)?|i see|thanks?(?: you)?|great|cool|nice|hm+|right|alright|all right|sure|"
    r"yes|yeah|no|well|interesting|got it|good|fine|wow|oh|ah)\b[\s,.!;:…-]*)+",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:and|but|also|i meant?|what about|how about|any others?|anything else|what else|"
    r"which ones?\b(?=\s*(?:[?.,]|$)|\s+(?:of|are|were|ha[sd]|have|do|did|would|should|can|"
    r"could|will|to|\w+s)\b)|who else|where else|tell me more|go on|"
    r"more (?:about|on) (?:it|that|this|them|those|these|\[))\b",
    re.IGNORECASE,
)
_OPENING_PRONOUN = re.compile(
    r"(?:that|this|these|those|it|they)\b(?!\s+(?:days|collection|corpus|papers|store)\b)"
    r"(?!\s+(?:\w+\s+){1,3}(?:where|who|whose|which)\b)",  # "that contest where ..." says which
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s|\s[-–—]\s")
# These open questions that stand alone as well ("Why must ...", "More efficient ...").
_MAY_OPEN = re.compile(r"(?:why|really|more|then|so|or|details|explain)\b(?!-)", re.IGNORECASE)
_FEW = 2  # content words, names twice: a question that _MAY_OPEN and has more stands alone
_JUDGED = (
    r"(?:possible|true?|known|better|worth|common|enough|necessary|safe|clear|fair|likely|wise|okay|"
    r"right|wrong|a (?:good|bad) idea)"
)
_WHAT = r"(?=[^?.;]*?\b(?:to|that|if|when|whether|how|why|\w+ing)\b)"  # what the "it" stands for
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|would|can|could|will)\s+it\s+(?:be\s+|really\s+)?"
    rf"(?:(?:{_JUDGED}|take|cost|help|pay)\b{_WHAT}|matter\b|make (?:sense|a difference)\b)|"
    rf"\bit\s+(?:takes?|took|costs?)\s+to\b|\bit(?:['’]s| is)\s+{_JUDGED}\b{_WHAT}|"
    r"\b(?:is|was|s) it (?:\w+ (?:that|whether)|that|when|if|for|the)\b|\bbe it\b|"
    r"\bname for it when\b|\bthese days\b",
    re.IGNORECASE,
)
_COLLECTION = re.compile(
    r"\b(?:this|these|the|those|all)\s+(?:collection|corpus|papers|abstracts|pages|store)\b"
)
_ONE = (
    r"(?:another|this|that|the\s+(?:other|same|first|second|third|last|former|latter|[a-z]+er|"
    r"[a-z]+est|new|old|big|small))\s+one\b"
)
_BACK = re.compile(  # points at something said before, wherever it stands
    rf"\b{_ONE}|\bthe\s+(?:former|latter)\b|\[\d+\]|\banother one\b|"
    r"\b(?:like|such as|than|of|about|with|for|do|does|did|to|on|from)\s+(?:that|this|those|these)"
    r"\s*(?:[?,.;!]|$)|"
    r"\b(?:like|as)\s+(?:that|this|it|them|those|these)\b(?! (?:of|is)\b)|"
    r"\balong (?:those|these|the same) lines\b|\bthe same (?:way|idea|thing|trick|authors?)\b|"
    r"\b(?:do|does|did|would|is|for|about) the same\s*(?:[?.,;!]|$|\b(?:hold|go|apply|work)\b)|"
    r"\b(?:which|any|all|both|some|none|neither|either|each|most|one|two|the first|the second|"
    r"the last)\s+of\s+(?:those|these|them|it|the two|the three)\b|"
    r"\b(?:those|these)\s+(?:two|three|four)\b|"
    r"\b(?:do|does|did|are|were|can) both\b(?![^?.]*\band\b)|"
    r"\b(?:some|any)thing similar\b|\b(?:done|tried|doing) the same\b|"
    r"\bits (?:predecessor|successor|authors?)\b|\bthe (?:smaller|bigger|larger|other) ones?\b",
    re.IGNORECASE,
)
_ASKS_OF_THAT = re.compile(  # "Does that also work ...", "What is that scoring model good for?"
    r"(?:(?:what|how|why|where|who|when|which|how (?:much|many|well|big|long))\s+(?:else\s+)?)?"
    r"(?:is|was|are|were|does|do|did|can|could|will|would|has|have|should)(?:n['’]t)?\s+"
    r"(?:that|this|these|those)\b(?!\s+(?:collection|corpus|papers|store))",
    re.IGNORECASE,
)
_OTHER_PAPER = re.compile(
    r"\b(?:another|(?:any|some|which|what)\s+other|a\s+different|similar|related)\s+"
    r"(?:papers?|works?|study|studies)\b|"
    r"\b(?:another|a (?:newer|later)|the (?:newer|next|previous|earlier)) version\b",
    re.IGNORECASE,
)
_PERHAPS = re.compile(
    r"\b(?:another|(?:an|any|some|the|which|what)\s?other|a\s+(?:different|similar|related|newer))"
    r"\s+(?:methods?|approach(?:es)?|models?|data ?sets?|benchmarks?|systems?)\b|"
    r"\ba (?:newer|later) (?:paper|work|study)\b|"
    r"^(?:what|and) if\b|\banything (?:for|on|about) (?:that|this|it)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b(?:that|this|such|the)\b")
_PRONOUNS_TEXT = """
it its they them their theirs those these this he him his she her ones others another
"""
_PRONOUNS = frozenset(_PRONOUNS_TEXT.split())
_PLURALS = frozenset(("they", "them", "their"))  # also people in general, or any authors
_POSSESSIVES = frozenset(("its", "their", "his", "her"))
_EARLY = 4  # content words: a pronoun that comes after as many has something to stand for
_LONG = 6  # content words: a question that has as many may well bring its own subject
_EMPTY_TEXT = """
a about all also am an and any are as at be been being but by can could did do does each else ever
exactly explain find for from get give had has have how i if in into is kind know many me more most
much my no not of on or our out over paper papers please said say says should show so some tell than
that the then there thing things to too up us use used uses using was way we were what when where
which who whom why will with work works would you your
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
_COINED = re.compile(r"\d[A-Za-z]|[A-Za-z]-?\d|[a-z][A-Z]|[A-Z]{2}")
_CAPITALISED = re.compile(r"[A-Z][a-z]{2}")
_WORD = re.compile(r"\W*[\w-]+")
_COINED = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}")  # more than the capital of a beginning
_NAME = re.compile(r"\b\w*(?:\d|[a-z][A-Z]|[A-Z]{2})\w*|\b[A-Z][a-z]{2,}")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def leaning(question: str) -> Leaning:
    """Whether the question seems to need what was said before it.

    It does if it opens like the middle of a talk ("And ..."), if it points back ("that one"), if
    a pronoun comes before anything that it could stand for, or if it names hardly anything but
    "the" or "that" thing which was spoken of. The collection is no such thing. Where a pronoun
    is the only sign in a question that is otherwise full, it is ``maybe``.
    """
    said = without_interjections(question)
    if _OPENS.match(said) or _OTHER_PAPER.search(said):
        return "yes"
    text = _COLLECTION.sub(" ", _EXPLETIVE.sub(" ", said.lower()))
    names = frozenset(name.lower() for name in names_of(said))
    signs = {_by_pointing(said, names), _by_pronoun(text, names)}
    if "yes" in signs or _names_little(said, text, names):
        return "yes"
    return "maybe" if "maybe" in signs or _PERHAPS.search(said) else "no"


def without_interjections(question: str) -> str:
    """The question without "OK", "I see. " and the like in front of it."""
    stripped = question.strip()
    opening = _INTERJECTIONS.match(stripped)
    rest = stripped[opening.end() :] if opening else stripped
    return rest or stripped


def names_of(question: str) -> list[str]:
    """The words that are written like names, in order: LoRA, GPT-4V, Portuguese.

    A capital at the beginning of a sentence makes no name.
    """
    words = _WORD.finditer(question)
    return [w[0] for w in words if _is_name(w[0], question[: w.start()].rstrip())]


def _is_name(word: str, before: str) -> bool:
    if _COINED.search(word):
        return True
    begins = not before or before[-1] in '.?!:"“'
    return not begins and _CAPITALISED.match(word) is not None


def has_pronoun(question: str) -> bool:
    """Whether a pronoun stands in the question, for whatever it may stand."""
    return any(word in _PRONOUNS for word in _WORD.findall(question.lower()))


def content_words(text: str) -> list[str]:
    """The words of a question that say what it is about."""
    words = _WORD.findall(text.lower())
    return [w for w in words if w not in _EMPTY and not w.endswith(("n't", "n’t"))]


def _by_pointing(said: str, names: frozenset[str]) -> Leaning:
    if _OPENING_PRONOUN.match(said) or _ASKS_OF_THAT.match(said):
        first = _SENTENCE_END.split(said, maxsplit=1)[0]
        return "maybe" if len(content_words(first)) > _LONG else "yes"
    found = _BACK.search(said)
    if found is None:
        return "no"
    before = content_words(said[: found.start()])
    named = len(names.intersection(before))
    if len(before) >= _EARLY or named > 1:
        return "no"
    return "maybe" if named else "yes"


def _by_pronoun(text: str, names: frozenset[str]) -> Leaning:
    long = len(content_words(text)) > _LONG and not _MAY_OPEN.match(text)
    before, named = 0, 0
    for word in _WORD.findall(text):
        named += word in names
        if word in _PRONOUNS:
            # "What does TÜLU 3 release with its weights?" says itself whose.
            if named and (word in _POSSESSIVES or named > 1):
                continue
            if before < _EARLY - (word in _POSSESSIVES or long):
                unsure = named or long or (names and word in _PLURALS)
                unsure = unsure or (word in _POSSESSIVES and before > 1)
                return "maybe" if unsure else "yes"
        before += word not in _EMPTY and not word.endswith(("n't", "n’t"))
    return "no"


def _names_little(said: str, text: str, names: frozenset[str]) -> bool:
    content = len(content_words(text))
    opener = _MAY_OPEN.match(said)
    if opener:
        own = content - (opener[0].lower() not in _EMPTY)  # without the opener itself
        if own + len(names) <= _FEW:
            return True
    if names or _COLLECTION.search(said.lower()):
        return False
    pointing = _POINTS.search(text)
    return content <= (1 if pointing is None else 2 if pointing[0] == "the" else 4)
