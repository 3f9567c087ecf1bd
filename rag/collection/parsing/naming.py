"""Which papers a text may name: by title, by a part of it, by words of it in order. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.text import normalise

_QUOTES = "\"'“”‘’«»`"
_CALLED = re.compile(
    r"^(?:the )?(?:(?P<before>paper|article|abstract|study) )?"
    r"(?:(?:called|titled|named|entitled) )?"
    r"(?P<name>.+?)(?P<after> (?:paper|article|publication|study|abstract"
    r"|survey|dataset|benchmark))?$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_BRACKETS = re.compile(r"\(([^()]{2,20})\)")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NAME_LIKE = re.compile(r"[A-Z]|[^\W\d_]\d")
_LONG = 4  # words that hardly stand together by chance
_POINTING_TEXT = """
first second third fourth fifth last next previous other same this that it they each every one
them those these newest oldest latest recent longest shortest paper article study survey dataset
benchmark model method authors
"""
_POINTING = frozenset(_POINTING_TEXT.split())
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A text that may name a paper. ``paper``: it says or shows that it does, by noun or quotes."""

    text: str
    words: Words
    whole: Words
    paper: bool
    quoted: bool

    @property
    def is_proper(self) -> bool:
        """Whether it is written like a name: "LoRA", "GPT-4", or in quotes."""
        return bool(_NAME_LIKE.search(self.text)) and _has_letters(self.words)

    @property
    def points(self) -> bool:
        """Whether it stands for what was spoken of, even where a title is the same word: "it"."""
        return self._is_pointing and not (self.quoted or self.text[:1].isupper())

    @property
    def may_be_part(self) -> bool:
        """Whether it may be words of a title: "3" and "second" are not enough."""
        return _has_letters(self.words) and not self._is_pointing

    @property
    def _is_pointing(self) -> bool:
        return len(self.words) == 1 and self.words[0] in _POINTING


def name_in(text: str) -> Name | None:
    """The name in "the paper called X", "the X paper", "X"; None where nothing is left."""
    bare = text.strip().strip(f"{_QUOTES},").strip()
    called = _CALLED.match(bare)
    if called is None:
        return None
    name = called["name"].strip(f"{_QUOTES} ")
    quoted = text.strip()[:1] in _QUOTES or called["name"][:1] in _QUOTES
    said = called["before"] is not None or called["after"] is not None
    words = key(name)
    return Name(name, words, key(text), quoted or said, quoted) if words else None


def key(text: str) -> Words:
    """The words of a title or name, without regard to case, accents and LaTeX."""
    return tuple(_WORD.findall(normalise(text)))


def titles_named(name: Name, titles: Sequence[str], *, paper: bool) -> tuple[str, ...]:
    """The titles that the name may stand for, by the first of these ways that finds any.

    It is the title; the part before a colon, or in round brackets; words of it that stand
    together; words of it in order. ``paper``: only a paper can be meant. If not, what a title
    speaks of may be another thing of that name ("When was GPT-4 released?"), unless a title
    begins with it, or it is long.
    """
    if name.points:
        return ()
    size, sure = len(name.words), paper or name.paper
    keyed = [(title, key(title)) for title in titles]
    found = [title for title, words in keyed if words in (name.words, name.whole)]
    if not found:
        found = [title for title in titles if name.words in _heads(title)]
    if not found and name.may_be_part:
        held = [(title, words) for title, words in keyed if _holds(words, name.words)]
        begins = size > 1 and any(words[:size] == name.words for _, words in held)
        found = [title for title, _ in held] if sure or begins or size >= _LONG else []
    if not found and name.may_be_part and sure and size > 1:
        found = [title for title, words in keyed if _in_order(words, name.words)]
    return tuple(dict.fromkeys(found))


def _has_letters(words: Words) -> bool:
    return any(_LETTERS.search(word) for word in words)


def _heads(title: str) -> set[Words]:
    """The part before the colon, and what stands in round brackets in it: "... (VPT): ..."."""
    head = title.partition(":")[0] if ":" in title else ""
    inner = _BRACKETS.findall(title)
    return {key_ for key_ in (key(head), key(_BRACKETS.sub("", head)), *map(key, inner)) if key_}


def _holds(title: Words, name: Words) -> bool:
    size = len(name)
    return any(title[i : i + size] == name for i in range(len(title) - size + 1))


def _in_order(title: Words, name: Words) -> bool:
    left = iter(title)
    return all(word in left for word in name)
