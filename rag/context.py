"""Retrieved papers as numbered evidence within a token budget."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Paper


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """One sentence that may be cited: ``paper.abstract[start:end] == text``.

    ``key`` is drawn at random for each request, so that a key that a model invents, or finds in
    an abstract, is recognised as such. ``vector`` is not part of it: see ``rag.grounding``.
    """

    key: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EvidencePaper:
    """A paper as evidence: the whole abstract, cut into sentences. ``score`` is retrieval's."""

    paper: Paper
    sentences: tuple[EvidenceSentence, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one answer may cite, best paper first."""

    papers: tuple[EvidencePaper, ...]

    def find(self, key: str) -> tuple[EvidencePaper, EvidenceSentence] | None:
        """The sentence behind a key, or None for a key that was never given out."""
        for paper in self.papers:
            for sentence in paper.sentences:
                if sentence.key == key:
                    return paper, sentence
        return None
