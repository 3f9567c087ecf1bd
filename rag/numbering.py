"""Gives a finished text the numbers that its conversation has given out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from rag.types import Citation, Claim

_MARKER = re.compile(r"\[(\d+)\]")


def renumbered(
    text: str,
    claims: tuple[Claim, ...],
    citations: tuple[Citation, ...],
    numbers: Mapping[str, int],
) -> tuple[str, tuple[Claim, ...], tuple[Citation, ...]]:
    """The same with each paper's number of ``numbers`` (paper id -> marker).

    Papers that are new get the next numbers, in the order of their markers. Every marker of the
    text has a citation.
    """
    if not numbers:
        return text, claims, citations
    following = max(numbers.values()) + 1
    new: dict[int, int] = {}
    for citation in sorted(citations, key=lambda citation: citation.marker):
        if citation.marker in new:
            continue
        known = numbers.get(citation.paper.id)
        new[citation.marker] = following if known is None else known
        following += known is None
    return (
        _MARKER.sub(lambda found: f"[{new[int(found[1])]}]", text),
        tuple(replace(claim, markers=tuple(new[m] for m in claim.markers)) for claim in claims),
        tuple(replace(citation, marker=new[citation.marker]) for citation in citations),
    )
