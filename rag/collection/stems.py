"""Words of topics and abstracts, made comparable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.text import normalise

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_PARTS = re.compile(r"[^\W_]+")
_SUFFIXES_TEXT = """
izations ization ized izes izing ational ations ation ating ated ates ate ators ator atory ative
ing ings edly ed ers er ors or ions ion ies y ives ive es e s ically ical ics ic ments ment ance
ence ly
"""
_SUFFIXES = _SUFFIXES_TEXT.split()
_LONGEST_FIRST = sorted(_SUFFIXES, key=lambda suffix: (-len(suffix), suffix))
_SHORTEST = 4  # letters that stay
EMPTY_TEXT = """
a about above an and any are as at be been being between both but by can do does for from has have
how in into is it its more most no nor not of off on or other our out over own such than that the
their them then there these they this those through to under up via was we were what when where
which while who with within without you your
"""
EMPTY = frozenset(EMPTY_TEXT.split())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending: merging, merged, merge meet; words with digits stay whole."""
    if len(word) <= _SHORTEST or not word.isalpha():
        return word[:-1] if len(word) == _SHORTEST and word.endswith("s") else word
    for suffix in _LONGEST_FIRST:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            return word[: -len(suffix)]
    return word


def stems(text: str) -> tuple[str, ...]:
    """The stems of all words in order; "multi-modal" gives two."""
    return tuple(stem(word) for word in _PARTS.findall(normalise(text)))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that say something by themselves, in order."""
    return tuple(stem(word) for word in _PARTS.findall(normalise(text)) if word not in EMPTY)


def joined_stems(text: str) -> tuple[str, ...]:
    """Stems with hyphenated words as one: "multi-modal" gives that of "multimodal"."""
    words = _WORD.findall(normalise(text))
    return tuple(stem(re.sub(r"[-'’]", "", word)) for word in words)


def joined_content(text: str) -> tuple[str, ...]:
    """``joined_stems`` of the words that say something by themselves."""
    words = (re.sub(r"[-'’]", "", word) for word in _WORD.findall(normalise(text)))
    return tuple(stem(word) for word in words if word not in EMPTY)


def near(words: Sequence[str], wanted: Sequence[str], slack: int) -> bool:
    """Whether all wanted stems stand within ``len(wanted) + slack`` words of one another."""
    needed = set(wanted)
    places = [(place, word) for place, word in enumerate(words) if word in needed]
    width = len(wanted) + slack
    for first, (start, _) in enumerate(places):
        inside = {word for place, word in places[first:] if place < start + width}
        if inside == needed:
            return True
    return False
