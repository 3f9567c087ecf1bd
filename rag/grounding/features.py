"""A claim beside its quotes, as numbers: what is covered, what is missing, what is turned round."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.grounding.polarity import hedged, plainly_negated
from rag.grounding.texts import Missing, Text, Vector, missing
from rag.grounding.words import Word
from rag.linear import Features

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
    "denies": -1,  # how much more the claim negates the words that it shares with a quote, mean
    "denied": -1,  # how much more the quotes do
    "direction_kept": 1,  # words of direction in claim and nearest quote that agree
    "direction_opposed": -1,
    "direction_opposed_near": -1,  # in the three nearest
    "direction_words": 1,  # share of the claim's words of direction that are in the quotes
    "parity": 1,  # product of all signs, claim against the three nearest quotes
    "parity_best": 1,  # against the nearest
    "signs_near": 1,  # agreement of signs near shared words, three nearest quotes
    "signs_best": 1,  # nearest quote
    "contrast_best": 1,  # cosine of the claim less cosine of its opposite, or 0
    "contrast_top": 1,
    "contrast_max": 1,
    "hedge_dropped": -1,
}
NAMES = tuple(SIGNS)
DENIAL = 0.25  # of the features of that name: from here one side says "not" and the other doesn't
_NEAR = 3  # quotes that polarity is read from
_FADE = 3.0  # words over which a sign's reach falls to 1/e


def features(
    claim: Text, against: Vector | None, quotes: Sequence[Text], title: Sequence[Word], weigh: Weigh
) -> Features:
    """What SIGNS names. ``against`` is the vector of the claim's opposite, where it is known.

    Raises ValueError without quotes.
    """
    if not quotes:
        raise ValueError("a claim is checked against at least one quote")
    weights = {word.stem: weigh(word) for word in claim.words if word.content}
    covered = np.array([_covered(weights, quote.stems) for quote in quotes])
    vectors = np.stack([quote.vector for quote in quotes])
    cosines = vectors @ claim.vector
    others = cosines if against is None else vectors @ against
    closest = np.argsort(-cosines, kind="stable")[:_NEAR]
    near = [quotes[place] for place in np.argsort(-(cosines + covered), kind="stable")[:_NEAR]]
    lost = missing(claim, quotes, title)
    return {
        **_meaning(cosines, others, closest),
        "focus_coverage": float(covered[closest[0]]),
        **_coverage(covered, quotes, weights),
        **_words_missing(lost, weights),
        **_absences(claim, lost),
        **_negation(claim, near),
        **_direction(claim, quotes, near),
        **_signs(claim, near, weights),
        "hedge_dropped": float(hedged(near[0].words) and not hedged(claim.words)),
    }


def _meaning(cosines: Vector, others: Vector, closest: NDArray[np.intp]) -> dict[str, float]:
    """``others``: the cosines of the claim's opposite."""
    contrasts = cosines - others
    return {
        "best_cosine": float(cosines.max()),
        "top_cosine": float(cosines[closest].mean()),
        "contrast_best": float(contrasts[closest[0]]),
        "contrast_top": float(contrasts[closest].mean()),
        "contrast_max": float(cosines.max() - others.max()),
    }


def _coverage(
    covered: NDArray[np.float64], quotes: Sequence[Text], weights: dict[str, float]
) -> dict[str, float]:
    widest = quotes[int(covered.argmax())].stems
    return {
        "coverage_one": float(covered.max()),
        "coverage_two": max(_covered(weights, widest | quote.stems) for quote in quotes),
    }


def _covered(weights: dict[str, float], stems: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in stems) / total if total else 0


def _words_missing(lost: Missing, weights: dict[str, float]) -> dict[str, float]:
    gone = [weights[word.stem] for word in lost.words]
    total = sum(weights.values())
    return {
        "coverage_all": 1 - sum(gone) / total if total else 0.0,
        "words_missing": min(len(gone), 6),
        "rarest_missing": max(gone, default=0.0),
    }


def _absences(claim: Text, lost: Missing) -> dict[str, float]:
    names = sum(word.name for word in claim.words)
    return {
        "names_missing": min(1.0, len(lost.names) / max(1, names)),
        "any_name_missing": float(bool(lost.names)),
        "numbers_missing": min(1.0, len(lost.numbers) / max(1, len(claim.numbers))),
        "any_number_missing": float(bool(lost.numbers)),
        "units_differ": float(bool(lost.units)),
    }


def _negation(claim: Text, near: Sequence[Text]) -> dict[str, float]:
    denies, denied = denial(claim, near)
    return {
        "not_without": float(plainly_negated(claim.words) and not near[0].negations),
        "denies": denies,
        "denied": denied,
    }


def denial(claim: Text, quotes: Sequence[Text]) -> tuple[float, float]:
    """Each in [0, 1]: how much more the claim negates around the words that it shares with quotes
    than these do there, and how much less; the mean over the quotes.
    """
    differences = []
    for quote in quotes:
        places = _places(quote.words)
        for place, word in enumerate(claim.words):
            if word.content and word.stem in places:
                there = max(_pull(other, quote.negations) for other in places[word.stem])
                differences.append(_pull(place, claim.negations) - there)
    count = len(differences) + len(quotes)  # one shared word alone tells little
    return (
        sum(max(0.0, difference) for difference in differences) / count,
        sum(max(0.0, -difference) for difference in differences) / count,
    )


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


def _direction(claim: Text, quotes: Sequence[Text], near: Sequence[Text]) -> dict[str, float]:
    ours = [sign for _, sign in claim.directions]
    best = [sign for _, sign in near[0].directions]
    around = [sign for quote in near for _, sign in quote.directions]
    stems = {claim.words[place].stem for place, _ in claim.directions}
    known = sum(any(stem in quote.stems for quote in quotes) for stem in stems)
    opposed = sum(around.count(-sign) for sign in (1, -1) if sign in ours)
    return {
        "direction_kept": sum(min(ours.count(sign), best.count(sign)) for sign in (1, -1)),
        "direction_opposed": sum(min(ours.count(sign), best.count(-sign)) for sign in (1, -1)),
        "direction_opposed_near": min(2, opposed),
        "direction_words": known / len(stems) if stems else 0.5,
    }


def _signs(claim: Text, near: Sequence[Text], weights: dict[str, float]) -> dict[str, float]:
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
    return {
        "parity": sum(parities) / len(parities),
        "parity_best": parities[0],
        "signs_near": math.tanh(2 * sum(agreements)),
        "signs_best": math.tanh(2 * agreements[0]),
    }


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
