"""Hybrid retrieval: vectors and BM25, fused per paper on normalised scores. Pure but for lookups.

``score = w * dense + (1 - w) * lexical``, each in [0, 1], where

- dense is the mean of the paper's best chunk and its chunks' centroid, as cosines to the
  question, scaled so that ``cosine_floor`` becomes 0 and the best candidate 1;
- lexical is the BM25 score over the best candidate's.

The constants come from ``python -m evals.bench.tune`` (BENCHMARKS.md, "Retrieval").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.embedding import Vectors, unit
from index.types import Chunk, Hit, Paper, Passage


@dataclass(frozen=True, slots=True)
class Fusion:
    """The constants of the fusion; ``pool`` is how many candidates each side brings."""

    dense_weight: float = 0.65
    centroid_share: float = 0.5
    cosine_floor: float = -0.05
    pool: int = 150


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper's similarity to the question, chunk by chunk and as a whole."""

    chunks: Sequence[Chunk]
    similarities: Vectors
    centroid: float

    def dense(self, centroid_share: float) -> float:
        """Cosine, roughly in [-0.1, 1]."""
        best = float(self.similarities.max())
        return (1 - centroid_share) * best + centroid_share * self.centroid


def compare(
    question: Vectors, papers: Mapping[str, tuple[Sequence[Chunk], Vectors]]
) -> dict[str, Candidate]:
    """Each paper's chunks (n, dimension) against the question (dimension,)."""
    filled = {paper_id: rows for paper_id, rows in papers.items() if len(rows[0])}
    if not filled:
        return {}
    matrix = np.concatenate([vectors for _, vectors in filled.values()])
    sizes = np.array([len(chunks) for chunks, _ in filled.values()])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    similarities = matrix @ question
    centroids = unit(np.add.reduceat(matrix, starts, axis=0)) @ question
    return {
        paper_id: Candidate(chunks, similarities[start : start + size], float(centroid))
        for (paper_id, (chunks, _)), start, size, centroid in zip(
            filled.items(), starts, sizes, centroids, strict=True
        )
    }


def fuse(
    candidates: Mapping[str, Candidate], lexical: Mapping[str, float], fusion: Fusion
) -> list[tuple[str, float, dict[str, float]]]:
    """(paper id, score in [0, 1], component scores), best first; ties by id."""
    if not candidates:
        return []
    dense = {key: c.dense(fusion.centroid_share) for key, c in candidates.items()}
    span = max(max(dense.values()) - fusion.cosine_floor, 1e-6)
    best = max((lexical.get(key, 0.0) for key in candidates), default=0.0) or 1.0
    fused = []
    for key, candidate in candidates.items():
        meaning = max(0.0, (dense[key] - fusion.cosine_floor) / span)
        words = lexical.get(key, 0.0)
        score = fusion.dense_weight * meaning + (1 - fusion.dense_weight) * words / best
        cosine = float(candidate.similarities.max())
        fused.append((key, score, {"cosine": cosine, "bm25": words}))
    return sorted(fused, key=lambda row: (-row[1], row[0]))


def to_hits(
    ranked: Sequence[tuple[str, float, dict[str, float]]],
    papers: Mapping[str, Paper],
    candidates: Mapping[str, Candidate],
) -> list[Hit]:
    """Hits with their passages, best passage first, for the ranked papers that still exist."""
    hits: list[Hit] = []
    for key, score, why in ranked:
        paper = papers.get(key)
        if paper is None:
            continue
        rank = len(hits) + 1
        candidate = candidates[key]
        passages = tuple(
            Passage(paper, candidate.chunks[i], float(candidate.similarities[i]), rank, why)
            for i in np.argsort(-candidate.similarities, kind="stable")
        )
        hits.append(Hit(paper, score, rank, passages, why))
    return hits
