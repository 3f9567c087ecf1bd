"""One small file a measure: its definition, its range, and which cases it can't grade."""

from __future__ import annotations

from evals.measures.answered import ANSWERED
from evals.measures.citation_precision import CITATION_PRECISION
from evals.measures.citation_recall import CITATION_RECALL
from evals.measures.completed import COMPLETED
from evals.measures.latency import LATENCY
from evals.measures.list_exactness import LIST_EXACTNESS
from evals.measures.mrr import MRR
from evals.measures.must_contain import MUST_CONTAIN
from evals.measures.ndcg import NDCG
from evals.measures.recall import RECALL
from evals.measures.refusal import ANSWERABLE_REFUSED, UNANSWERABLE_REFUSED
from evals.measures.verbatim import VERBATIM
from evals.types import Measure

MEASURES: tuple[Measure, ...] = (
    RECALL,
    NDCG,
    MRR,
    CITATION_PRECISION,
    CITATION_RECALL,
    MUST_CONTAIN,
    LIST_EXACTNESS,
    UNANSWERABLE_REFUSED,
    ANSWERABLE_REFUSED,
    VERBATIM,
    ANSWERED,
    COMPLETED,
    LATENCY,
)

__all__ = ["MEASURES"]
