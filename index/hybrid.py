"""Hybrid retrieval: vectors, BM25 and late interaction, fused per paper. Pure.

First all candidates get ``fused = w * dense + (1 - w) * lexical``, each in [0, 1], where

- dense is a weighted mean of the paper's best chunk and its chunks' centroid, as cosines to the
  question, scaled so that ``cosine_floor`` becomes 0 and the best candidate 1;
- lexical is the BM25 score over the best candidate's.

Then the best of them are compared with the question word by word: their final score is
``(fused + v * late) / (1 + v)`` with ``late`` of ``index.late``, in [0, 1] too. For the others
``late`` counts as 0, so none of them passes one that was compared. Without word pieces, ``fused``
is the score.

Weights and share come from ``python -m evals.bench.tune`` (BENCHMARKS.md, "Retrieval").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.catalogue import StoredChunks
from index.embedding import Vectors
from index.errors import ConfigError
from index.types import Hit, Passage

Scores = NDArray[np.float64]

_RANGES = {
    "dense_weight": (0, 1),
    "centroid_share": (0, 1),
    "cosine_floor": (-1, 1),
    "pool": (1, 10_000),
    "late_weight": (0, 1_000),
    "compared": (0, 1_000),
}


@dataclass(frozen=True, slots=True)
class Fusion:
    """The constants of the fusion.

    ``dense_weight`` and ``centroid_share`` are in [0, 1], ``cosine_floor`` in [-1, 1],
    ``late_weight`` in [0, 1000]. ``pool`` is how many candidates each side brings, ``compared`` how
    many of the best are looked at word by word. Raises ConfigError for any other value.
    """

    dense_weight: float = 0.7
    centroid_share: float = 0.75
    cosine_floor: float = -0.05
    pool: int = 150
    late_weight: float = 4.0
    compared: int = 30

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(f"fusion: {name} must be from {low} to {high}, not {value}")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Papers beside a question.

    ``chunks`` (number of chunks of all papers): cosines; those of paper ``i`` are
    ``chunks[starts[i]:starts[i + 1]]``. ``best`` and ``centroids`` (papers): cosines of each
    paper's best chunk and of its chunks' centroid. ``bm25`` (papers): 0 where no word matches.
    """

    papers: Sequence[StoredChunks]
    starts: NDArray[np.int64]
    chunks: Scores
    best: Scores
    centroids: Scores
    bm25: Scores


def compare(
    question: Vectors, stored: Sequence[StoredChunks], lexical: Mapping[str, float]
) -> Candidates:
    """The papers against the question's vector (dimension,); papers without chunks are left out."""
    papers = [paper for paper in stored if paper.chunks]
    starts = np.concatenate([[0], np.cumsum([len(paper.chunks) for paper in papers])])
    bm25 = np.array([lexical.get(paper.paper.id, 0.0) for paper in papers])
    if not papers:
        return Candidates((), starts.astype(np.int64), bm25, bm25, bm25, bm25)
    matrix = np.concatenate([paper.vectors for paper in papers])
    chunks = (matrix @ question).astype(np.float64)
    lengths = np.array([paper.resultant for paper in papers])
    return Candidates(
        papers,
        starts.astype(np.int64),
        chunks,
        np.maximum.reduceat(chunks, starts[:-1]),
        np.add.reduceat(chunks, starts[:-1]) / np.maximum(lengths, 1e-9),
        bm25,
    )


def fuse(candidates: Candidates, fusion: Fusion) -> Scores:
    """A score in [0, 1] for each of the candidates' papers."""
    if not candidates.papers:
        return np.zeros(0)
    share = fusion.centroid_share
    dense = (1 - share) * candidates.best + share * candidates.centroids - fusion.cosine_floor
    meaning = np.clip(dense / max(float(dense.max()), 1e-6), 0, 1)
    words = candidates.bm25 / max(float(candidates.bm25.max()), 1e-6)
    fused: Scores = fusion.dense_weight * meaning + (1 - fusion.dense_weight) * words
    return fused


def with_late(fused: Scores, late: Mapping[int, float], fusion: Fusion) -> Scores:
    """The final scores, in [0, 1]; ``late``: by place among the candidates."""
    sums = fused.copy()
    for place, score in late.items():
        sums[place] += fusion.late_weight * score
    final: Scores = sums / (1 + fusion.late_weight)
    return final


def ranking(candidates: Candidates, scores: Scores) -> list[int]:
    """The papers' places among the candidates, best first; ties by id."""
    ids = [paper.paper.id for paper in candidates.papers]
    return sorted(range(len(ids)), key=lambda i: (-scores[i], ids[i]))


def to_hits(
    candidates: Candidates, scores: Scores, k: int, late: Mapping[int, float] | None = None
) -> list[Hit]:
    """The ``k`` best papers, each with its passages, best passage first.

    ``why`` holds "cosine" (of the best passage), "bm25" and, by place, "late" where it is known.
    """
    hits = []
    for rank, place in enumerate(ranking(candidates, scores)[:k], 1):
        stored = candidates.papers[place]
        cosines = candidates.chunks[candidates.starts[place] : candidates.starts[place + 1]]
        why = {"cosine": float(candidates.best[place]), "bm25": float(candidates.bm25[place])}
        if late is not None and place in late:
            why["late"] = late[place]
        passages = tuple(
            Passage(stored.paper, stored.chunks[i], float(cosines[i]), rank, why)
            for i in np.argsort(-cosines, kind="stable")
        )
        hits.append(Hit(stored.paper, float(scores[place]), rank, passages, why))
    return hits
