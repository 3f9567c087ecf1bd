"""Where the cited quotes of an answer and the gold quotes of a case meet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.cases import normalise
from index.sentences import sentence_spans
from rag.types import Answer, Citation

Span = tuple[int, int]
"""Start and end among the characters of an abstract that are not white space."""


@dataclass(frozen=True, slots=True)
class Met:
    """``right`` of the ``cited`` sentences are gold; ``missing`` are the gold quotes not met."""

    cited: int
    right: int
    missing: tuple[str, ...]


def meet(answer: Answer, gold: Sequence[str]) -> Met:
    """Lays the cited sentences of each paper beside the gold quotes that its abstract holds.

    A quote of several sentences counts as several, and one that is cited twice counts once. A
    sentence and a gold quote meet where they share at least half of the shorter one, counted in
    characters without white space: so neither line breaks nor where a sentence is cut matter, a
    gold quote may be part of a sentence or several of them, and a word or two that two neighbours
    share is no meeting. Gold quotes are found in the abstract letter by letter.
    """
    sentences: dict[str, tuple[str, set[Span]]] = {}
    for citation in answer.citations:
        found = sentences.setdefault(citation.paper.id, (citation.paper.abstract, set()))[1]
        found.update(_sentences(citation))
    cited, right, met = 0, 0, set()
    for abstract, spans in sentences.values():
        letters = _letters(abstract)
        places = {quote: _place(letters, quote) for quote in gold}
        cited += len(spans)
        for span in spans:
            here = {q for q, place in places.items() if place is not None and _share(span, place)}
            right += bool(here)
            met |= here
    return Met(cited, right, tuple(normalise(quote) for quote in gold if quote not in met))


def _sentences(citation: Citation) -> list[Span]:
    abstract, start = citation.paper.abstract, citation.start
    before = len(_letters(abstract[:start]))
    spans = []
    for first, last in sentence_spans(citation.quote):
        at = before + len(_letters(citation.quote[:first]))
        spans.append((at, at + len(_letters(citation.quote[first:last]))))
    return spans


def _place(letters: str, quote: str) -> Span | None:
    wanted = _letters(quote)
    at = letters.find(wanted) if wanted else -1
    return None if at < 0 else (at, at + len(wanted))


def _letters(text: str) -> str:
    return "".join(text.split())


def _share(one: Span, other: Span) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared > 0 and 2 * shared >= min(one[1] - one[0], other[1] - other[0])
