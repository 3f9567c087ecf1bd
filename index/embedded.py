"""Papers' chunks as the embedder sees them: vectors, and word pieces where it tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.chunking import Chunking
from index.embedding import Embedder, TokenStates, Vectors, token_embedder
from index.late import PaperTokens, placed
from index.types import Chunk, Paper

Chunked = tuple[Paper, Sequence[Chunk]]


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A paper's chunks: ``vectors`` of shape (len(chunks), dimension), and the pieces of each.

    ``tokens`` is empty and ``fingerprint`` None for an embedder that tells no pieces.
    """

    vectors: Vectors
    tokens: Sequence[PaperTokens] = ()
    fingerprint: str | None = None


def embed_chunks(
    embedder: Embedder, chunking: Chunking, papers: Sequence[Chunked]
) -> list[Embedded]:
    """Each paper's, all embedded in one call; none may lack chunks."""
    texts = [text for paper, chunks in papers for text in chunking.texts(paper, chunks)]
    if not texts:
        return []
    teller = token_embedder(embedder)
    if teller is None:
        return [Embedded(vectors) for vectors in _apart(embedder.embed(texts), papers)]
    matrix, states = teller.embed_tokens(texts)
    each = iter(states)
    return [
        Embedded(vectors, _placed(paper, chunks, each, chunking), teller.token_fingerprint)
        for vectors, (paper, chunks) in zip(_apart(matrix, papers), papers, strict=True)
    ]


def _apart(vectors: Vectors, papers: Sequence[Chunked]) -> list[Vectors]:
    return np.split(vectors, np.cumsum([len(chunks) for _, chunks in papers])[:-1])


def _placed(
    paper: Paper, chunks: Sequence[Chunk], states: Iterator[TokenStates], chunking: Chunking
) -> tuple[PaperTokens, ...]:
    lead = len(chunking.lead(paper))
    return tuple(
        placed(next(states), chunk, lead, first=position == 0)
        for position, chunk in enumerate(chunks)
    )
