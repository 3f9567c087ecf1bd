"""Topics that are several: "pruning or quantization", "robotics and speech". Pure."""

from __future__ import annotations

import re

Ways = tuple[tuple[str, ...], ...]
_OR = re.compile(r"\s(?:and/)?or\s", re.IGNORECASE)
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_JOINTS = {"or", "and", "and/or"}
_SHARED = re.compile(r"\b(?:of|in|for|with|by|from|on|at|to|under|via)\b", re.IGNORECASE)


def ways_of(topic: str) -> Ways:
    """The ways to be about the topic: phrases, all of which a paper must be about to go one way.

    "a or b" has two ways. "a and b" has two as well, as it may be a name ("search and rescue"):
    to be about the whole phrase, or about a and about b. Empty where it isn't clear which words
    the alternatives share: "image or video generation", "pruning or quantization of networks".
    """
    text = " ".join(topic.split())
    words = text.lower().split()
    if not words or words[0] in _JOINTS or words[-1] in _JOINTS:
        return ()
    alternatives = _OR.split(text)
    if len(alternatives) > 1 and not _separate(alternatives):
        return ()
    return tuple(way for alternative in alternatives for way in _together(alternative))


def _together(phrase: str) -> Ways:
    parts = tuple(part.strip() for part in _AND.split(phrase))
    return ((phrase,),) if len(parts) == 1 else ((phrase,), parts)


def _separate(alternatives: list[str]) -> bool:
    """Whether no word belongs to several: all are single words, or none is a bare modifier."""
    if any(_SHARED.search(phrase) for phrase in alternatives):
        return False
    single = [phrase for phrase in alternatives if " " not in phrase.strip()]
    return len(single) == len(alternatives) or all(map(_stands_alone, single))


def _stands_alone(word: str) -> bool:
    """Plurals and abbreviations seldom qualify a noun that follows."""
    plural = word.endswith("s") and not word.endswith("ss")
    return plural or sum(letter.isupper() for letter in word) > 1
