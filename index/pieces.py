"""Which word pieces of a text have a state worth keeping, and where their words stand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.lexical import STOPWORDS

_STOPWORDS = frozenset(STOPWORDS.split())


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Word pieces (n) of a text.

    ``places``: where each stands among all pieces of the text, those that open and close it
    included. ``starts``: the character at which its word begins. ``words``: that word as it is
    written; the pieces of one word have it in common.
    """

    places: NDArray[np.intp]
    starts: NDArray[np.int32]
    words: tuple[str, ...]


def telling_pieces(
    text: str,
    word_ids: Sequence[int | None],
    spans: Sequence[tuple[int, int]],
    *,
    stopwords: bool = False,
) -> Pieces:
    """The pieces of words that hold a letter or digit and, but for ``stopwords``, are none.

    ``word_ids`` and ``spans`` are a tokenizer's: each piece's word (None: it belongs to none) and
    its characters (first, last + 1) in ``text``.
    """
    bounds: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(word_ids, spans, strict=True):
        if word is not None:
            bounds[word] = (bounds[word][0] if word in bounds else start, end)
    kept = {}
    for word, (start, end) in bounds.items():
        written = text[start:end]
        if any(map(str.isalnum, written)) and (stopwords or written.lower() not in _STOPWORDS):
            kept[word] = start, written
    found = [(place, *kept[w]) for place, w in enumerate(word_ids) if w is not None and w in kept]
    places, starts, words = zip(*found, strict=True) if found else ((), (), ())
    return Pieces(np.array(places, np.intp), np.array(starts, np.int32), words)
