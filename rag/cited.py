"""The final text as sentences, each with the citations that belong to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.sentences import sentence_spans
from rag.types import Citation


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place in the final text where sentences are cited. ``end`` is just after its markers."""

    start: int
    end: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of the answer without its markers, and what it cites.

    ``span``: where it stands in the text, its markers included.
    """

    text: str
    markers: tuple[int, ...]
    citations: tuple[Citation, ...]
    span: tuple[int, int] = (0, 0)


def cited_sentences(text: str, occurrences: Iterable[Occurrence]) -> list[CitedSentence]:
    """The final text as sentences with the citations that belong to each.

    Markers after a full stop, or alone on a line, belong to the sentence before them; at the
    beginning of a line, and of the text, they belong to the sentence that follows.
    """
    marked = list(occurrences)
    plain, places = _without_markers(text, marked)
    spans = sentence_spans(plain)
    cited: list[list[Citation]] = [[] for _ in spans]
    in_text = [_in_text(span, marked, places) for span in spans]
    for occurrence, place in zip(marked, places, strict=True):
        owner = _owner(plain, spans, place)
        if owner is not None:
            cited[owner].extend(occurrence.citations)
            start, end = in_text[owner]
            in_text[owner] = min(start, occurrence.start), max(end, occurrence.end)
    sentences = []
    for (start, end), found, span in zip(spans, cited, in_text, strict=True):
        unique = tuple(dict.fromkeys((c.marker, c.start) for c in found))
        by_place = {(c.marker, c.start): c for c in found}
        citations = tuple(by_place[place] for place in unique)
        markers = tuple(dict.fromkeys(c.marker for c in citations))
        words = re.sub(r"\s+", " ", plain[start:end])
        sentences.append(CitedSentence(words, markers, citations, span))
    return sentences


def _without_markers(text: str, occurrences: list[Occurrence]) -> tuple[str, list[int]]:
    """The text without its markers, and where in it each occurrence was."""
    pieces, places = [], []
    position = length = 0
    for occurrence in occurrences:
        piece = text[position : occurrence.start]
        if not text[occurrence.end : occurrence.end + 1].isalnum():
            piece = piece.rstrip(" ")
        pieces.append(piece)
        length += len(piece)
        places.append(length)
        position = max(position, occurrence.end)
    pieces.append(text[position:])
    return "".join(pieces), places


def _in_text(
    span: tuple[int, int], occurrences: Sequence[Occurrence], places: Sequence[int]
) -> tuple[int, int]:
    """Where a span of the plain text stands in the marked one, markers at its edges left out."""
    start, end = span
    before = [i for i, place in enumerate(places) if place <= start]
    within = [i for i, place in enumerate(places) if place < end]
    return _shifted(start, before, occurrences, places), _shifted(end, within, occurrences, places)


def _shifted(
    place: int, passed: Sequence[int], occurrences: Sequence[Occurrence], places: Sequence[int]
) -> int:
    """A place of the plain text in the marked one, counted from the last occurrence passed."""
    if not passed:
        return place
    last = passed[-1]
    return occurrences[last].end + place - places[last]


def _owner(plain: str, spans: list[tuple[int, int]], place: int) -> int | None:
    """The sentence that a marker at ``place`` of the plain text belongs to."""
    before = [i for i, (start, _) in enumerate(spans) if start < place]
    if not before:
        return 0 if spans else None
    last = before[-1]
    opens_line = "\n" in plain[spans[last][1] : place]
    rest_of_line = plain[place : plain.find("\n", place) if "\n" in plain[place:] else None]
    leads = opens_line and any(c.isalnum() for c in rest_of_line)
    return last + 1 if leads and last + 1 < len(spans) else last
