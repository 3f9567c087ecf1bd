"""Abstracts into chunks: overlapping windows of whole sentences, with character offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import ConfigError
from index.sentences import sentence_spans
from index.types import Chunk, Paper


@dataclass(frozen=True, slots=True)
class Chunking:
    """Windows of ``sentences`` sentences, each sharing ``overlap`` with the one before.

    A rest of at most ``rest`` new sentences joins the last window: alone it would say little.

    An abstract of about 350 word pieces is longer than what the bundled embedder was trained
    on (256), so it is cut; whole sentences, because they are what an answer cites.
    """

    sentences: int = 5
    overlap: int = 1
    rest: int = 2

    def __post_init__(self) -> None:
        """Raises ConfigError for windows that would never end, or hold nothing."""
        if not 0 <= self.overlap < self.sentences or self.rest < 0:
            raise ConfigError(
                f"chunks of {self.sentences} sentences that share {self.overlap}, rest {self.rest}:"
                " write at least 1 sentence, an overlap from 0 to fewer than those, a rest from 0"
            )

    @property
    def name(self) -> str:
        """What the store's manifest records.

        How sentences are told apart is no part of it: where that gets better, the windows of
        older stores still hold whole sentences, and only texts that change are cut anew.
        """
        return f"sentences-{self.sentences}-{self.overlap}-{self.rest}"

    def chunks(self, paper: Paper) -> list[Chunk]:
        """At least one for an abstract that has any text; ids are ``PAPER#0``, ``PAPER#1``, ..."""
        spans = sentence_spans(paper.abstract)
        windows = _windows(len(spans), self.sentences, self.overlap, self.rest)
        chunks = []
        for number, (first, last) in enumerate(windows):
            start, end = spans[first][0], spans[last - 1][1]
            text = paper.abstract[start:end]
            chunks.append(Chunk(f"{paper.id}#{number}", paper.id, text, start, end))
        return chunks

    @staticmethod
    def lead(paper: Paper) -> str:
        """What is embedded before each chunk's own text."""
        return f"{paper.title}. "

    @classmethod
    def texts(cls, paper: Paper, chunks: Sequence[Chunk]) -> list[str]:
        """What is embedded for each chunk: the title says what the window is about."""
        return [cls.lead(paper) + chunk.text for chunk in chunks]


def paper_of(chunk_id: str) -> str:
    """The id of a chunk's paper."""
    return chunk_id.rpartition("#")[0]


def _windows(count: int, size: int, overlap: int, rest: int) -> list[tuple[int, int]]:
    """(first, last + 1) of each window over ``count`` items.

    >>> _windows(9, 5, 1, 2), _windows(11, 5, 1, 2), _windows(12, 5, 1, 2)
    ([(0, 5), (4, 9)], [(0, 5), (4, 11)], [(0, 5), (4, 9), (8, 12)])
    """
    windows: list[tuple[int, int]] = []
    first = 0
    while first < count:
        last = first + size
        if count - last <= rest:
            last = count
        windows.append((first, last))
        if last == count:
            break
        first = last - overlap
    return windows
