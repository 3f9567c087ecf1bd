"""The papers that a plan asks for: those of its query and parts, and those it points to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from index.embedding import Vectors
from index.types import Hit
from rag.planning.plan import Papers, Plan

if TYPE_CHECKING:
    from index.catalogue import StoredChunks


def gather(index: Papers, plan: Plan, k: int) -> list[Hit]:
    """At most ``k`` papers for the plan, each once, best first; ranks count from 1.

    The papers that the question points to come first, those that its words fit best before the
    others. Then the lists of the parts and of the query take turns; where two papers are wanted
    and there are no parts, so does that of the query with the best paper's title. Papers that
    the question wants others than come last. Scores are those of each list, in [0, 1], lowered
    where a paper would else score more than the one before it. ``why["focus"]`` is 1 for the
    papers that the question points to. Raises what the index raises.
    """
    if k < 1:
        return []
    texts = tuple(dict.fromkeys((*plan.parts, plan.query)))
    lists = [index.search(text, k, plan.filters) for text in texts]
    if plan.shape == "two" and not plan.parts and not plan.focus and lists[0]:
        # Two papers on one thing: the other one is like the first.
        alike = f"{plan.query} {lists[0][0].paper.title}"
        lists.append(index.search(alike, k, plan.filters))
    found = {hit.paper.id: hit for hit in _taking_turns(lists)}
    focus = _focus(index, plan, found)
    chosen = {hit.paper.id for hit in focus}
    others = [hit for paper_id, hit in found.items() if paper_id not in chosen]
    last = [hit for hit in others if hit.paper.id in plan.besides]
    first = [hit for hit in others if hit.paper.id not in plan.besides]
    return _ranked([*focus, *first, *last], k)


def _focus(index: Papers, plan: Plan, found: Mapping[str, Hit]) -> list[Hit]:
    """The papers that the question points to and the filters allow, best first.

    They are ordered by the question's own words. Those that no list brought are compared with the
    query here. The best one scores 1.
    """
    allowed = set(index.ids(plan.filters)) if plan.filters else None
    wanted = [i for i in plan.focus if allowed is None or i in allowed]
    stored = index.stored(wanted) if wanted else []
    if not stored:
        return []
    own, query = index.embedder.embed([plan.asked, plan.query])
    scores = {hit.paper.id: hit.score for hit in _scored(own, stored)}
    best = max(scores.values(), default=0.0) or 1.0
    hits = [found.get(hit.paper.id, hit) for hit in _scored(query, stored)]
    hits.sort(key=lambda hit: -scores[hit.paper.id])
    return [
        replace(hit, score=scores[hit.paper.id] / best, why={**hit.why, "focus": 1.0})
        for hit in hits
    ]


def _scored(vector: Vectors, stored: Sequence[StoredChunks]) -> list[Hit]:
    """The papers beside a question's vector alone."""
    from index.hybrid import Fusion, compare, fuse, to_hits  # they bring the database along

    candidates = compare(vector, stored, {})
    return to_hits(candidates, fuse(candidates, Fusion()), len(stored))


def _taking_turns(lists: Iterable[Sequence[Hit]]) -> Iterator[Hit]:
    """Each list in turn gives its best paper that no list has given yet, until all are empty."""
    seen: set[str] = set()
    waiting = [iter(hits) for hits in lists]
    while waiting:
        for hits in tuple(waiting):
            fresh = next((hit for hit in hits if hit.paper.id not in seen), None)
            if fresh is None:
                waiting.remove(hits)
            else:
                seen.add(fresh.paper.id)
                yield fresh


def _ranked(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The first ``k`` with their new ranks, and scores that never rise."""
    ranked: list[Hit] = []
    score = 1.0
    for rank, hit in enumerate(hits[:k], start=1):
        score = min(score, hit.score)
        passages = tuple(replace(passage, rank=rank) for passage in hit.passages)
        ranked.append(replace(hit, score=score, rank=rank, passages=passages))
    return ranked
