"""Which papers are worth naming where none is about a topic. Pure."""

from __future__ import annotations

from rag.collection.stems import content_stems, stem
from rag.collection.topics import Evidence

_NEAR = 0.3  # cosine below which papers share hardly a subject
_GENERAL_TEXT = """
systems models methods approaches techniques algorithms tasks problems research learning data use
using training based networks language large neural deep new
"""
_GENERAL = frozenset(stem(word) for word in _GENERAL_TEXT.split())


def comes_near(topic: str, evidence: Evidence) -> bool:
    """Whether a paper is near the topic in meaning, and has a word that says what it is about."""
    words = set(content_stems(topic)) - _GENERAL
    paper = evidence.paper
    shares = not words.isdisjoint(content_stems(f"{paper.title}\n{paper.abstract}"))
    return shares and evidence.cosine >= _NEAR
