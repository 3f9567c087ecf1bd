"""An embedder for tests that tells word pieces: one for each word, known by its hash alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.embedding import QuestionTokens, TokenStates, Vectors, unit
from index.hash_embedding import HashEmbedder
from index.pieces import telling_pieces

WIDTH = 16


class Telling(HashEmbedder):
    """Equal words have equal vectors; ``told`` counts the texts whose pieces were asked for."""

    token_fingerprint = "telling-1"

    def __init__(self) -> None:
        super().__init__()
        self.told = 0
        self.asked = 0

    def embed_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenStates]]:
        self.told += len(texts)
        return self.embed(texts), [TokenStates(*self._states(text)[:2]) for text in texts]

    def question_tokens(self, text: str) -> QuestionTokens:
        self.asked += 1
        _, vectors, words = self._states(text)
        if not words:
            _, vectors, words = self._states(text, stopwords=True)
        weights = np.array([len(word) for word in words], np.float32)
        return QuestionTokens(self.embed([text])[0], vectors, weights, words)

    def _states(self, text: str, *, stopwords: bool = False):
        spans = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        pieces = telling_pieces(text, range(len(spans)), spans, stopwords=stopwords)
        rows = [_direction(word) for word in pieces.words]
        return pieces.starts, np.array(rows, np.float32).reshape(-1, WIDTH), pieces.words


def _direction(word: str) -> Vectors:
    rng = np.random.default_rng(crc32(word.lower().encode()))
    return unit(rng.normal(size=WIDTH))
