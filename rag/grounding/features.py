"""A claim beside its quotes, as numbers: what is covered, what is missing, what is turned round."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.grounding.polarity import direction, directions, hedged, negated, plainly_negated
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
Weigh = Callable[[Word], float]
# What the model sees. Each can only speak for support (1) or against it (-1): the fit drops those
# that come out the other way round, so that a claim never gains by what should count against it.
SIGNS = {
    "best_cosine": 1,  # of the claim with one quote
    "top_cosine": 1,  # mean of the three best
    "focus_coverage": 1,  # how much of the claim the quote nearest in meaning holds
    "coverage_one": 1,  # weighted share of the claim's words in one quote
    "coverage_two": 1,  # in the best two
    "coverage_all": 1,  # in all, the title included
    "words_missing": -1,  # how many are nowhere, at most 6
    "rarest_missing": -1,  # weight of the rarest of these
    "names_missing": -1,  # share of the claim's names that are nowhere
    "any_name_missing": -1,
    "numbers_missing": -1,
    "any_number_missing": -1,
    "units_differ": -1,
    "not_without": -1,  # the claim negates, its nearest quote doesn't
    "without_not": -1,  # the other way round
    "negation_differs": -1,  # negations near the shared words: mean difference
    "direction_kept": 1,  # words of direction in claim and nearest quote that agree
    "direction_opposed": -1,
    "direction_opposed_near": -1,  # in the three nearest
    "direction_words": 1,  # share of the claim's words of direction that are in the quotes
    "parity": 1,  # product of all signs, claim against the three nearest quotes
    "parity_best": 1,  # against the nearest
    "signs_near": 1,  # agreement of signs near shared words, three nearest quotes
    "signs_best": 1,  # nearest quote
    "contrast_best": 1,  # cosine of the claim less cosine of its opposite
    "contrast_top": 1,
    "contrast_max": 1,
    "hedge_dropped": -1,
}
NAMES = tuple(SIGNS)
_NEAR = 3  # quotes that polarity is read from
_FADE = 3.0  # words over which a sign's reach falls to 1/e


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
    joined = set().union(*map(squeezed, context))
    lost = [word for word in words if word.name and not _named(word, joined)]
    if lost:
        sizes = {len(word.lower) for word in lost}
        spelled = set().union(*(initials(some, sizes) for some in context))
        lost = [word for word in lost if word.lower not in spelled]
    return tuple(dict.fromkeys(word.text for word in lost))


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


def _named(word: Word, joined: set[str]) -> bool:
    lower = word.lower
    return lower in joined or lower.removesuffix("s") in joined or f"{lower}s" in joined


def _spelled_out(words: Sequence[Word], context: Iterable[Sequence[Word]]) -> set[str]:
    """Words of the claim that spell out an acronym of the context."""
    acronyms = {w.lower for ws in context for w in ws if w.text.isupper() and 3 <= len(w.text) <= 6}
    return set().union(*(spelled_out(words, acronym) for acronym in acronyms))


def _other_unit(number: Number, quoted: Sequence[Number]) -> bool:
    units = {other.unit for other in quoted if same_number(number.value, other.value)}
    return bool(number.unit) and "" not in units and number.unit not in units


def features(
    claim: Text, against: Vector, quotes: Sequence[Text], title: Sequence[Word], weigh: Weigh
) -> NDArray[np.float64]:
    """Shape (len(NAMES),). ``against`` is the vector of the claim's opposite.

    Raises ValueError without quotes.
    """
    if not quotes:
        raise ValueError("a claim is checked against at least one quote")
    vectors = np.stack([quote.vector for quote in quotes])
    cosines = vectors @ claim.vector
    contrasts = cosines - vectors @ against
    weights = {word.stem: weigh(word) for word in claim.words if word.content}
    coverage = np.array([_covered(weights, quote.stems) for quote in quotes])
    order = np.argsort(-(cosines + coverage), kind="stable")[:_NEAR]
    near = [quotes[place] for place in order]
    closest = np.argsort(-cosines, kind="stable")[:_NEAR]
    lost = missing(claim, quotes, title)
    widest = quotes[int(coverage.argmax())].stems
    total = sum(weights.values())
    gone = sum(weights[word.stem] for word in lost.words)
    values = [
        cosines.max(),
        cosines[closest].mean(),
        coverage[closest[0]],
        coverage.max(),
        max(_covered(weights, widest | quote.stems) for quote in quotes),
        1 - gone / total if total else 0.0,
        min(len(lost.words), 6),
        max((weights[word.stem] for word in lost.words), default=0.0),
        *_absences(claim, lost),
        *_negation(claim, near),
        *_direction(claim, quotes, near),
        *_signs(claim, near, weights),
        contrasts[closest[0]],
        contrasts[closest].mean(),
        cosines.max() - (vectors @ against).max(),
        float(hedged(near[0].words) and not hedged(claim.words)),
    ]
    return np.array(values, np.float64)


def _covered(weights: dict[str, float], stems: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in stems) / total if total else 0


def _absences(claim: Text, lost: Missing) -> list[float]:
    names = sum(word.name for word in claim.words)
    return [
        min(1.0, len(lost.names) / max(1, names)),
        float(bool(lost.names)),
        min(1.0, len(lost.numbers) / max(1, len(claim.numbers))),
        float(bool(lost.numbers)),
        float(bool(lost.units)),
    ]


def _negation(claim: Text, near: Sequence[Text]) -> list[float]:
    ours, theirs = plainly_negated(claim.words), plainly_negated(near[0].words)
    differences = [negation_near(claim, quote) for quote in near]
    return [
        float(ours and not near[0].negations),
        float(theirs and not claim.negations),
        sum(differences) / len(differences),
    ]


def negation_near(claim: Text, quote: Text) -> float:
    """In [0, 1]: mean over the shared words of how much stronger one side negates around them."""
    places = _places(quote.words)
    differences = [
        abs(_pull(place, claim.negations) - max(_pull(p, quote.negations) for p in places[w.stem]))
        for place, w in enumerate(claim.words)
        if w.content and w.stem in places
    ]
    return sum(differences) / (len(differences) + 1)


def _pull(place: int, negations: Sequence[int]) -> float:
    """How much negations bear on a place: those before it more than those after it."""
    bearing = (math.exp(-(place - n) / 5 if place >= n else (place - n) / 2) for n in negations)
    return max(bearing, default=0.0)


def _places(words: Sequence[Word]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        if word.content:
            found.setdefault(word.stem, []).append(place)
    return found


def _direction(claim: Text, quotes: Sequence[Text], near: Sequence[Text]) -> list[float]:
    ours = [sign for _, sign in claim.directions]
    best = [sign for _, sign in near[0].directions]
    around = [sign for quote in near for _, sign in quote.directions]
    stems = {claim.words[place].stem for place, _ in claim.directions}
    known = sum(any(stem in quote.stems for quote in quotes) for stem in stems)
    return [
        sum(min(ours.count(sign), best.count(sign)) for sign in (1, -1)),
        sum(min(ours.count(sign), best.count(-sign)) for sign in (1, -1)),
        min(2, sum(around.count(-sign) for sign in (1, -1) if sign in ours)),
        known / len(stems) if stems else 0.5,
    ]


def _signs(claim: Text, near: Sequence[Text], weights: dict[str, float]) -> list[float]:
    parities, agreements = [], []
    parity = math.prod(sign for _, sign in claim.directions)
    for quote in near:
        shared = [place for place, word in enumerate(quote.words) if word.stem in weights]
        inside = [
            sign
            for place, sign in quote.directions
            if shared and shared[0] - 2 <= place <= shared[-1] + 2
        ]
        parities.append(parity * math.prod(inside))
        agreements.append(_agreement(claim, quote, weights))
    return [
        sum(parities) / len(parities),
        parities[0],
        math.tanh(2 * sum(agreements)),
        math.tanh(2 * agreements[0]),
    ]


def _agreement(claim: Text, quote: Text, weights: dict[str, float]) -> float:
    """Sum over shared words: weight times the signs that bear on it here and there."""
    if not claim.directions or not quote.directions:
        return 0.0
    theirs = _places(quote.words)
    turned = {place for place, _ in claim.directions}
    total = 0.0
    for place, word in enumerate(claim.words):
        if place in turned or not word.content or word.stem not in theirs:
            continue
        here = _field(place, claim.directions)
        there = sum(_field(other, quote.directions) for other in theirs[word.stem])
        total += weights[word.stem] * here * there
    return total


def _field(place: int, signs: Sequence[tuple[int, int]]) -> float:
    return sum(sign * math.exp(-abs(place - other) / _FADE) for other, sign in signs)
