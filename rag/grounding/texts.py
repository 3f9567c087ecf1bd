"""A claim and its quotes, each read once; and what the claim says that the quotes don't."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.grounding.polarity import direction, directions, negated
from rag.grounding.words import (
    Number,
    Word,
    initials,
    numbers_of,
    same_number,
    spelled_out,
    squeezed,
    words_of,
)

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Text:
    """A claim or a quote, read once: words, stems, numbers, signs, vector (unit length)."""

    text: str
    words: tuple[Word, ...]
    stems: frozenset[str]
    numbers: tuple[Number, ...]
    directions: tuple[tuple[int, int], ...]
    negations: tuple[int, ...]
    vector: Vector


@dataclass(frozen=True, slots=True)
class Missing:
    """What a claim says and its quotes (and their title) don't, as written in the claim."""

    words: tuple[Word, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    units: tuple[str, ...]


def read(text: str, vector: Vector) -> Text:
    """The text with all that features need of it."""
    words = words_of(text)
    return Text(
        text,
        words,
        frozenset(word.stem for word in words if word.content),
        numbers_of(words),
        directions(words),
        tuple(place for place, word in enumerate(words) if negated(word)),
        vector,
    )


def missing(claim: Text, quotes: Sequence[Text], title: Sequence[Word]) -> Missing:
    """What of the claim is in no quote; names and words may be in the title too."""
    context = [*(quote.words for quote in quotes), tuple(title)]
    names = _names_lost(claim.words, context)
    quoted = [number for quote in quotes for number in quote.numbers]
    absent = [n for n in claim.numbers if not any(same_number(n.value, q.value) for q in quoted)]
    return Missing(
        _words_lost(claim.words, context, {name.lower() for name in names}),
        names,
        tuple(dict.fromkeys(number.text for number in absent)),
        tuple(n.text for n in claim.numbers if n not in absent and _other_unit(n, quoted)),
    )


def _names_lost(words: Sequence[Word], context: Sequence[Sequence[Word]]) -> tuple[str, ...]:
    """Names in none of the forms: joined (SHP-2, SHP2), plural, acronym, spelled out.

    A claim that spells an acronym out itself names it by the long form.
    """
    joined = set().union(*map(squeezed, context))
    lost = [
        word
        for place, word in enumerate(words)
        if word.name and not joined & _known_as(words[max(0, place - 1) : place + 2], word)
    ]
    if lost:
        sizes = {len(word.lower.removesuffix("s")) for word in lost}
        spelled = set().union(*(initials(some, sizes) for some in (words, *context)))
        lost = [word for word in lost if word.lower.removesuffix("s") not in spelled]
    return tuple(dict.fromkeys(word.text for word in lost))


def _known_as(around: Sequence[Word], word: Word) -> set[str]:
    """A name by itself, singular and plural, and joined to one neighbour or both."""
    forms = {word.lower, word.lower.removesuffix("s"), f"{word.lower}s"}
    if word.text[-1].isupper() or word.text[-1].isdigit():  # a part of a name, as in NF-kB
        forms |= {form for form in squeezed(around) if word.lower in form}
    return forms


def _words_lost(
    words: Sequence[Word], context: Sequence[Sequence[Word]], names: set[str]
) -> tuple[Word, ...]:
    """A name that is known in another form isn't lost; nor is a word of direction where another
    word says the same direction ("cuts" for "reduces").
    """
    stems = {word.stem for some in context for word in some}
    signs = {direction(word) for some in context for word in some} - {0}
    known = _spelled_out(words, context) | {w.lower for w in words if w.name} - names
    lost = {
        word.stem: word
        for word in words
        if word.content and not word.number and word.stem not in stems and word.lower not in known
    }
    return tuple(word for word in lost.values() if direction(word) not in signs)


def _spelled_out(words: Sequence[Word], context: Iterable[Sequence[Word]]) -> set[str]:
    """Words of the claim that spell out an acronym of the context."""
    acronyms = {w.lower for ws in context for w in ws if w.text.isupper() and 3 <= len(w.text) <= 6}
    return set().union(*(spelled_out(words, acronym) for acronym in acronyms))


def _other_unit(number: Number, quoted: Sequence[Number]) -> bool:
    units = {other.unit for other in quoted if same_number(number.value, other.value)}
    return bool(number.unit) and "" not in units and number.unit not in units
