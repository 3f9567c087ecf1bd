"""What was found for a plan, compared with the question token by token, as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from index.late import TokenMatch
from index.types import Hit
from rag.context import Evidence, build_evidence
from rag.planning.plan import Papers, Plan

QUOTED = 12
"""Papers that are looked at, where the settings say nothing of it, ..."""

SURVEYED = 20
"""... and where a question asks for many, or a language model reads them."""


class Source(Papers, Protocol):
    """The part of PaperIndex that finding evidence needs."""

    def token_matches(self, question: str, paper_ids: Sequence[str]) -> Mapping[str, TokenMatch]:
        """The question's tokens against each paper's, by paper id."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a plan, best first, and how the question's tokens stand to each paper."""

    hits: tuple[Hit, ...]
    whole: Mapping[str, TokenMatch]
    own: Mapping[str, TokenMatch] | None  # of the user's own words, where they are others

    @classmethod
    def of(cls, index: Source, plan: Plan, hits: Sequence[Hit]) -> Found:
        """The hits, compared with the question."""
        ids = [hit.paper.id for hit in hits]
        own = index.token_matches(plan.asked, ids) if plan.asked != plan.query else None
        return cls(tuple(hits), index.token_matches(plan.query, ids), own)

    def evidence(self, *, max_tokens: int, rng: Random) -> Evidence:
        """As much of the abstracts as fits, with keys that are drawn anew."""
        return build_evidence(
            self.hits, max_tokens=max_tokens, rng=rng, matches=self.whole, asked=self.own
        )
