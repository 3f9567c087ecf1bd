"""Gives the papers of a finished text their numbers in the conversation. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from rag.types import Citation, Claim

MARKER = re.compile(r"\[(\d+)\]")
"""A citation in a finished text."""


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
    papers = {citation.marker: citation.paper.id for citation in citations}
    known = {marker: numbers[paper] for marker, paper in papers.items() if paper in numbers}
    new = new_numbers(sorted(papers), known, numbers.values())
    return (
        with_numbers(text, new),
        tuple(claim_with_numbers(claim, new) for claim in claims),
        tuple(replace(citation, marker=new[citation.marker]) for citation in citations),
    )


def new_numbers(
    markers: Iterable[int], known: Mapping[int, int], taken: Collection[int]
) -> dict[int, int]:
    """A number for each marker: its ``known`` one, or the next behind all that are ``taken``."""
    following = max(taken, default=0) + 1
    new: dict[int, int] = {}
    for marker in markers:
        if marker not in new:
            new[marker] = known.get(marker, following)
            following += marker not in known
    return new


def with_numbers(text: str, new: Mapping[int, int]) -> str:
    """The text with each marker's new number."""
    return MARKER.sub(lambda found: f"[{new[int(found[1])]}]", text)


def claim_with_numbers(claim: Claim, new: Mapping[int, int]) -> Claim:
    """The claim with its markers' new numbers; those that have none go."""
    return replace(claim, markers=tuple(new[marker] for marker in claim.markers if marker in new))
