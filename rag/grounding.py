"""Does a quote support a claim? A first, lexical version."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Verdict


def support(claim: str, quotes: Sequence[str]) -> float:
    """Share of the claim's longer words that the quotes hold; at most 0.3 if a number differs."""
    words = _words(claim)
    if not words or not quotes:
        return 0.0
    quoted = _words(" ".join(quotes))
    share = len(words & quoted) / len(words)
    numbers = {word for word in words if word[0].isdigit()}
    return share if numbers <= quoted else min(share, 0.3)


def verdict(score: float) -> Verdict:
    """0.5 and more is supported, 0.25 and more weak."""
    return "supported" if score >= 0.5 else "weak" if score >= 0.25 else "unsupported"


def _words(text: str) -> set[str]:
    found = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]{4,}", text.lower())
    return {word.replace(",", "") for word in found}
