"""One small file a measure: its definition, its range, and which cases it can't grade."""

from __future__ import annotations

from collections.abc import Iterable

from evals.measures.answer_points import ANSWER_POINTS
from evals.measures.answer_words import ANSWER_WORDS
from evals.measures.answered import ANSWERED
from evals.measures.citation_precision import CITATION_PRECISION
from evals.measures.citation_recall import CITATION_RECALL
from evals.measures.completed import COMPLETED
from evals.measures.cost import COST
from evals.measures.groundedness import GROUNDEDNESS
from evals.measures.groups import GROUPS, OTHERS
from evals.measures.judged import JUDGED
from evals.measures.latency import LATENCY
from evals.measures.list_exactness import LIST_EXACTNESS
from evals.measures.mrr import MRR
from evals.measures.must_contain import MUST_CONTAIN
from evals.measures.ndcg import NDCG
from evals.measures.premature_refusal import PREMATURE_REFUSAL
from evals.measures.quote_precision import QUOTE_PRECISION
from evals.measures.quote_recall import QUOTE_RECALL
from evals.measures.recall import RECALL
from evals.measures.refusal import ANSWERABLE_REFUSED, REFUSAL_PRECISION, UNANSWERABLE_REFUSED
from evals.measures.stages import STAGES
from evals.measures.tokens import COMPLETION_TOKENS, PROMPT_TOKENS
from evals.measures.verbatim import VERBATIM
from evals.types import Measure

MEASURES: tuple[Measure, ...] = (
    RECALL,
    NDCG,
    MRR,
    CITATION_PRECISION,
    CITATION_RECALL,
    QUOTE_PRECISION,
    QUOTE_RECALL,
    VERBATIM,
    MUST_CONTAIN,
    ANSWER_POINTS,
    LIST_EXACTNESS,
    GROUNDEDNESS,
    ANSWERED,
    COMPLETED,
    ANSWER_WORDS,
    UNANSWERABLE_REFUSED,
    REFUSAL_PRECISION,
    ANSWERABLE_REFUSED,
    PREMATURE_REFUSAL,
    LATENCY,
    *STAGES,
    PROMPT_TOKENS,
    COMPLETION_TOKENS,
    COST,
)

ALL_MEASURES: tuple[Measure, ...] = (*MEASURES, *JUDGED)
"""Those that every run is scored by, then those that a judge scores."""

_KNOWN = {measure.name: measure for measure in ALL_MEASURES}


def named(name: str) -> Measure | None:
    """The measure of that name, which may be a judge's; None for one of another release."""
    return _KNOWN.get(name)


def is_bounded(name: str) -> bool:
    """Whether its values are in [0, 1]; not known of a measure of another release."""
    known = named(name)
    return known is not None and known.bounded


def grouped(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The names under the group that each belongs to, groups in the order of reports.

    Names keep their order; groups without any are left out.
    """
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for name in names:
        measure = named(name)
        groups[measure.group if measure else OTHERS].append(name)
    return [(group, held) for group, held in groups.items() if held]


__all__ = ["ALL_MEASURES", "MEASURES", "grouped", "is_bounded", "named"]
