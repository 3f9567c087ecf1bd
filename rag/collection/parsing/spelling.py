"""Typing mistakes in the words that questions about a collection are made of."""

from __future__ import annotations

import re
from functools import lru_cache

_VOCABULARY_TEXT = """
which what list show papers paper articles article publications authors author written people
exactly least fewer more than between published released appeared dated dates pages page newest
oldest latest recent earliest from since before after until january february march april june july
august september october november december single three seven eight twelve twenty number count
titles title containing months years month everything collection
"""
_VOCABULARY = tuple(_VOCABULARY_TEXT.split())
_WORD = re.compile(r"[A-Za-z]{4,20}")
_SURE = 6  # letters: shorter words may only have two letters swapped


def corrected(text: str) -> str:
    """The text with words that are one slip away from one of the vocabulary written like it."""
    return _WORD.sub(lambda match: _nearest(match[0].lower()) or match[0], text)


@lru_cache(maxsize=4_096)
def _nearest(word: str) -> str | None:
    if word in _VOCABULARY:
        return None
    near = [known for known in _VOCABULARY if word[0] == known[0] and _slip(word, known)]
    return near[0] if len(near) == 1 else None


def _slip(word: str, known: str) -> bool:
    """Whether one letter was left out, added or mistaken, or two that are neighbours swapped."""
    if abs(len(word) - len(known)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b),
        min(len(word), len(known)),
    )
    rest, other = word[start:], known[start:]
    if len(rest) == len(other) and rest[:2] == other[1::-1] and rest[2:] == other[2:]:
        return True
    if len(known) < _SURE:
        return False
    return rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]
