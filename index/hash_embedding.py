"""A small embedder without a model: hashed bags of words. For tests and demonstrations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from index.embedding import Vectors, unit

_WORD = re.compile(r"\w+")


class HashEmbedder:
    """Counts words in ``dimension`` hashed slots, with hashed signs; rows of length 1.

    Deterministic on every machine. Texts that share words are near each other; meaning it
    knows nothing of.
    """

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension

    @property
    def spec(self) -> str:
        return "hash"

    @property
    def fingerprint(self) -> str:
        return f"hash-1-{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), each row of length 1."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.casefold()):
                digest = blake2b(word.encode("utf-8"), digest_size=8).digest()
                slot = int.from_bytes(digest[:4], "little") % self._dimension
                vectors[row, slot] += 1.0 if digest[4] & 1 else -1.0
        vectors[~vectors.any(axis=1), 0] = 1.0
        return unit(vectors)
