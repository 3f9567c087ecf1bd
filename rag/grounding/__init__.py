"""Does a quote support a claim? ``Checker`` weighs a claim against all its quotes."""

from __future__ import annotations

from rag.grounding.checker import Checker, Pair, Support, verbatim
from rag.grounding.model import SUPPORTED, WEAK
from rag.types import Verdict

__all__ = ["Checker", "Pair", "Support", "verbatim", "verdict"]


def verdict(support: Support) -> Verdict:
    """Supported from 0.4 on: the share of supported claims among those that the model was fitted
    to, which is where a calibrated probability has the best balanced accuracy.

    Below that, unsupported is what disagrees with its quotes in a number, a name, a unit or a
    negation, or is unlikely and unrelated to them; the rest is weak. A low score alone is not
    enough: of about 100 true sentences that a language model wrote, 11 score below 0.4, and
    almost none of these disagrees.
    """
    if support.score >= SUPPORTED:
        return "supported"
    unlikely = support.score < WEAK and support.unrelated
    return "unsupported" if support.disagrees or unlikely else "weak"
