"""Which papers an answer cites."""

from __future__ import annotations

from evals.cases import normalise
from rag.types import Answer


def cited_titles(answer: Answer) -> tuple[str, ...]:
    """Titles of the cited papers, each once, whitespace normalised.

    The papers of all citations in order of their markers, then the sources that are marked as
    cited (list answers name papers there).
    """
    citations = sorted(answer.citations, key=lambda citation: citation.marker)
    papers = [citation.paper for citation in citations]
    papers += [source.paper for source in answer.sources if source.cited]
    return tuple(dict.fromkeys(normalise(paper.title) for paper in papers))
