"""Papers as evidence with coverages written by hand, for tests of what is decided from these."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.types import Paper
from rag.context import EvidencePaper, EvidenceSentence
from rag.matching import Coverage

Rows = Sequence[Sequence[float]]


def cover(
    sentences: Rows, title: Sequence[float] | None = None, weights: Sequence[float] | None = None
) -> Coverage:
    """One row a sentence, one column a token of the question; tokens weigh the same."""
    count = len(sentences[0])
    return Coverage(
        np.array(weights or [1 / count] * count, np.float32),
        np.array(title or [0.0] * count, np.float32),
        np.array(sentences, np.float32),
        tuple(f"w{i}" for i in range(count)),
    )


def entry(
    name: str,
    texts: Sequence[str] = ("One.", "Two.", "Three."),
    coverage: Coverage | None = None,
    *,
    title: str = "",
    score: float = 1.0,
    cosine: float = 0.5,
    bm25: float = 1.0,
    focus: bool = False,
) -> EvidencePaper:
    """A paper whose abstract is these sentences; keys are ``name`` and a number."""
    sentences, start = [], 0
    for number, text in enumerate(texts):
        sentences.append(EvidenceSentence(f"{name}{number}", text, start, start + len(text)))
        start += len(text) + 1
    covered = coverage or cover([[0.5]] * len(texts))
    return EvidencePaper(
        Paper(name, title or f"On {name}", " ".join(texts)),
        tuple(sentences),
        score,
        cosine,
        bm25,
        focus,
        covered,
        covered,
    )
