"""Late interaction: a question's word pieces against a paper's, one by one. Pure.

``late = sum_i w_i * max_j (q_i . d_j) / sum_i w_i`` over the question's pieces ``i`` and the
paper's pieces ``j``: the MaxSim of ColBERT (Khattab and Zaharia, "Efficient and Effective Passage
Search via Contextualized Late Interaction over BERT", SIGIR 2020) with its sum weighted by the
root of the pieces' rarity: the rarity itself would let one odd word decide. One vector a chunk
says what a passage is about; this sees whether each thing that the question names is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import QuestionTokens, TokenStates
from index.products import product
from index.types import Chunk

TITLE = -1
_SCALE = 127


@dataclass(frozen=True, slots=True, eq=False)
class PaperTokens:
    """The word pieces (n) of a paper, or of one of its chunks, title first.

    ``offsets``: where each piece's word begins in the abstract; ``TITLE`` for the title's. A
    sentence that two chunks share is there twice. ``vectors``: shape (n, width), 127 times a row
    of length 1, rounded.
    """

    offsets: NDArray[np.int32]
    vectors: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class TokenMatch:
    """A question's word pieces (m) beside a paper's (n).

    ``similarities``: cosines, shape (m, n). ``offsets`` (n): where the paper's words begin in
    its abstract, -1 for those of its title; a sentence that two chunks share is there twice.
    ``weights`` (m): rarity, above 0. ``words`` (m): the question's words, as it writes them.
    """

    similarities: NDArray[np.float32]
    offsets: NDArray[np.int32]
    weights: NDArray[np.float32]
    words: tuple[str, ...]


def placed(states: TokenStates, chunk: Chunk, lead: int, *, first: bool) -> PaperTokens:
    """A chunk's pieces as they are stored.

    ``states`` are those of a text with ``lead`` characters of title before the chunk's own;
    the title's pieces are kept with the ``first`` chunk only.
    """
    title = states.starts < lead
    kept = slice(None) if first else ~title
    offsets = np.where(title, TITLE, states.starts - lead + chunk.start).astype(np.int32)
    vectors = np.rint(states.vectors * _SCALE).astype(np.int8)
    return PaperTokens(offsets[kept], vectors[kept])


def joined(parts: Sequence[PaperTokens]) -> PaperTokens:
    """The pieces of all chunks of a paper, of which there is at least one."""
    full = [part for part in parts if len(part.offsets)] or parts[:1]
    return PaperTokens(
        np.concatenate([part.offsets for part in full]),
        np.concatenate([part.vectors for part in full]),
    )


def match(question: QuestionTokens, tokens: PaperTokens) -> TokenMatch:
    """Every piece of the question against every piece of the paper."""
    similarities = _similarities(question, tokens.vectors).T
    return TokenMatch(similarities, tokens.offsets, question.weights, question.words)


def late_scores(question: QuestionTokens, papers: Sequence[PaperTokens]) -> NDArray[np.float64]:
    """Each paper's ``late``, in [0, 1]; 0 where the question or the paper has no pieces."""
    scores = np.zeros(len(papers))
    counts = np.array([len(tokens.offsets) for tokens in papers], np.intp)
    full = np.flatnonzero(counts).tolist()
    if not full or not question.words:
        return scores
    similarities = _similarities(question, np.concatenate([papers[i].vectors for i in full]))
    starts = np.concatenate([[0], np.cumsum(counts[full])[:-1]])
    best = np.maximum.reduceat(similarities, starts, axis=0)
    weights = np.sqrt(question.weights)
    scores[full] = np.clip(best @ (weights / weights.sum()), 0, 1)
    return scores


def _similarities(question: QuestionTokens, vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    """Shape (pieces of the papers, pieces of the question)."""
    asked = (question.vectors / np.float32(_SCALE)).T
    pieces = vectors.reshape(-1, len(asked)).astype(np.float32)  # the width of none is unknown
    return product(pieces, asked)
