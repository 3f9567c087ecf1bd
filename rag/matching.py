"""How well each paper, and each of its sentences, covers the words of a question. Pure.

Everything here is late interaction (Khattab and Zaharia, 2020): a question's token is covered by
the most similar token of a text, and a text's score is the weighted mean over the question's
tokens. Tokens of one abstract are assigned to its sentences by their character offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.late import TokenMatch

Floats = NDArray[np.float32]
_SHARPNESS = 20.0  # of the softmax that credits a token to the sentences that cover it best


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """A question's tokens against one paper; m tokens, n sentences.

    ``weights`` (m,): sum to 1. ``title`` (m,) and ``sentences`` (n, m): the similarity of each
    token's best match there, 0 where nothing stands. ``words`` (m,): the word of each token.
    """

    weights: Floats
    title: Floats
    sentences: Floats
    words: tuple[str, ...]

    @property
    def tokens(self) -> Floats:
        """Shape (m,): the similarity of each token's best match in title or abstract."""
        best: Floats = np.vstack([self.title[None], self.sentences]).max(axis=0)
        return best

    @property
    def whole(self) -> float:
        """Coverage by title and abstract together."""
        return float(self.tokens @ self.weights)

    @property
    def by_sentence(self) -> Floats:
        """Shape (n,): coverage by each sentence alone."""
        covered: Floats = self.sentences @ self.weights
        return covered

    @property
    def credit(self) -> Floats:
        """Shape (n,), sum 1: each token's weight goes to the sentences that cover it best."""
        if not len(self.sentences):
            return np.zeros(0, np.float32)
        lead = np.exp(_SHARPNESS * (self.sentences - self.sentences.max(axis=0)))
        shared: Floats = (lead / lead.sum(axis=0)) @ self.weights
        return shared


def uncovered(sentences: int) -> Coverage:
    """Of a paper with that many sentences that was not compared token by token."""
    none = np.zeros(0, np.float32)
    return Coverage(none, none, np.zeros((sentences, 0), np.float32), ())


def coverage(match: TokenMatch, spans: Sequence[tuple[int, int]]) -> Coverage:
    """The match of a question with a paper, by the abstract's sentences (their spans)."""
    count = len(match.words)
    total = float(match.weights.sum())
    even = np.full(count, 1 / max(count, 1))
    weights = match.weights / total if total > 0 else even
    in_title = match.offsets < 0
    sentences = [_best(match, (match.offsets >= s) & (match.offsets < e)) for s, e in spans]
    stacked = np.array(sentences) if sentences else np.zeros((0, count))
    return Coverage(
        weights.astype(np.float32),
        _best(match, in_title),
        stacked.astype(np.float32),
        match.words,
    )


def _best(match: TokenMatch, chosen: NDArray[np.bool_]) -> Floats:
    if not chosen.any():
        return np.zeros(len(match.words), np.float32)
    best: Floats = np.maximum(match.similarities[:, chosen].max(axis=1), 0)
    return best
