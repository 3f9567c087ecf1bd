"""A plan -> the papers that were found for it, and the same as keyed, compared evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from index.late import TokenMatch
from index.types import Hit
from rag.context import Evidence, build_evidence
from rag.planning.plan import Papers, Plan
from rag.retrieval import gather

SURVEYED = 20
"""Papers that are looked at where a question asks for many."""


class Source(Papers, Protocol):
    """The part of PaperIndex that finding evidence needs."""

    def token_matches(self, question: str, paper_ids: Sequence[str]) -> Mapping[str, TokenMatch]:
        """The question's tokens against each paper's, by paper id."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a plan: the hits, best first, and as much of them as may be cited."""

    hits: tuple[Hit, ...]
    evidence: Evidence


def find(index: Source, plan: Plan, *, papers: int, max_tokens: int, rng: Random) -> Found:
    """At most ``papers`` papers (more where the plan asks for many) and their evidence."""
    hits = gather(index, plan, max(papers, SURVEYED) if plan.shape == "many" else papers)
    ids = [hit.paper.id for hit in hits]
    matches = index.token_matches(plan.query, ids)
    asked = index.token_matches(plan.asked, ids) if plan.asked != plan.query else None
    evidence = build_evidence(hits, max_tokens=max_tokens, rng=rng, matches=matches, asked=asked)
    return Found(tuple(hits), evidence)
