"""Refusals that help: what was looked for, what the collection is, what comes nearest.

A refusal is written like an answer that quotes: a model yields its text with evidence keys, and
the same resolver turns these into markers. So what it quotes can be checked, too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from index.types import Filters
from rag.collection import CollectionQuery
from rag.collection.describing import conditions_in_words
from rag.context import EvidencePaper, clean
from rag.deciding import Choice, Quoted, quotes
from rag.features import letters, traits
from rag.models import ChatRequest, Completion, Mode
from rag.models.extractive import written

NEAR = 0.25
"""Cosine from which a paper is worth naming as near: below, it shares hardly a subject."""

_LOOKED_UP = 12  # names of a question; each costs a search through all papers
_LONGEST_CONDITIONS = 300  # characters
_MET = 0.6  # coverage from which a paper is near whatever its cosine: acronyms have low ones
_BRIEFLY = Choice(papers=2, probability=0.08, sentences=2, others=1, of_best=0.5)

REASON_FILTERED = "no paper meets the filters"
REASON_EMPTY = "there are no papers yet"
HINT = (
    "Ask, in English where no language model is set, what a paper says, or about the collection: "
    "“How many papers are about ...?”"
)


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched: how many papers, and the span of the dates that are known.

    ``filters`` are those that narrowed it, ``whole`` the number of papers without them.
    """

    papers: int
    first: dt.date | None = None
    last: dt.date | None = None
    filters: Filters = field(default_factory=Filters)
    whole: int = 0

    def __str__(self) -> str:
        papers = "the one paper" if self.papers == 1 else f"the {self.papers:,} papers"
        where, details = "here", []
        if self.filters:
            where = f"that {'meets' if self.papers == 1 else 'meet'} the filters"
            details.append(self._conditions)
        if self.first is not None and self.last is not None:
            details.append(f"those with a date are from {self.first} to {self.last}")
        return f"{papers} {where} ({'; '.join(details)})" if details else f"{papers} {where}"

    @property
    def nothing(self) -> str:
        """Why there was nothing to search, and what helps; empty where there was something."""
        if self.papers:
            return ""
        if not self.whole:
            return "There are no papers here yet."
        rest = "the one paper" if self.whole == 1 else f"all {self.whole:,} papers"
        return (
            f"No paper here meets the filters ({self._conditions}), so none was searched. "
            f"Widen the filters, or drop them to search {rest}."
        )

    @property
    def reason(self) -> str | None:
        """The refusal's reason in a few words, where there was nothing to search."""
        if self.papers:
            return None
        return REASON_FILTERED if self.whole else REASON_EMPTY

    @property
    def _conditions(self) -> str:
        said = ", ".join(conditions_in_words(CollectionQuery("list", self.filters)))
        return clean(said)[:_LONGEST_CONDITIONS]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ChatModel that says why there is no answer, and quotes what comes nearest.

    ``lead`` is the first paragraph; ``unknown`` are names of the question that no paper has.
    ``quotes`` False: only the lead, since what comes near was cited already.
    """

    searched: Searched
    unknown: tuple[str, ...] = ()
    quotes: bool = True

    spec = "extractive"
    mode: Mode = "extractive"
    plans = False

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel."""
        yield lead(request.question, self.searched, self.unknown)
        chosen = nearest(request) if self.quotes else []
        if self.quotes and not chosen and self.searched.papers:
            yield f" {HINT}"
        if chosen:
            yield f"\n\n{_introduction(request.question, [quoted.paper for quoted in chosen])}\n\n"
            yield from written(chosen)
        yield Completion("complete")


class Counting(Protocol):
    """The part of PaperIndex that tells whether a name occurs at all."""

    def count(self, filters: Filters | None = ...) -> int:
        """The number of papers that meet the conditions."""
        ...


def unknown_names(
    question: str, papers: Counting, evidence: Sequence[EvidencePaper]
) -> tuple[str, ...]:
    """The names in a question that no title and no abstract holds; three at most.

    What was found is looked at letter by letter, since M3ViT may stand there as M$^3$ViT.
    """
    found = "\n".join(letters(p.paper.title) + letters(p.paper.abstract) for p in evidence)
    names = [name for name in traits(question).written if letters(name) not in found]
    unknown = (name for name in names[:_LOOKED_UP] if not papers.count(Filters(words=name)))
    return tuple(islice(unknown, 3))


def lead(question: str, searched: Searched, unknown: Sequence[str]) -> str:
    """What was looked for, and where it is not."""
    text = f"No answer found. Looked for: {_ended(question)} "
    if searched.nothing:
        return text + searched.nothing
    text += f"No sentence clearly answers it in {searched}."
    if unknown:
        names = " or ".join(f'"{name}"' for name in unknown)
        text += f" None of them mentions {names}."
    return text


def nearest(request: ChatRequest) -> list[Quoted]:
    """At most two papers that come near, briefly; those that the question names, if there are."""
    papers = request.evidence.papers
    named = [paper for paper in papers if paper.focus or _is_named(request.question, paper)]
    near = [p for p in papers if p.cosine >= NEAR or p.coverage.whole >= _MET]
    best = sorted(named or near, key=lambda paper: -paper.score)[: _BRIEFLY.papers]
    return quotes(request.question, best, request.shape, _BRIEFLY) if best else []


def _is_named(question: str, paper: EvidencePaper) -> bool:
    words = {letters(word) for word in re.split(r"[\s:,/()–—-]+", paper.paper.title)}
    words |= {letters(word) for word in paper.paper.title.split()}
    return any(len(name) >= 4 and name in words for name in traits(question).names)


def _introduction(question: str, papers: Sequence[EvidencePaper]) -> str:
    if any(paper.focus or _is_named(question, paper) for paper in papers):
        if len(papers) == 1:
            return "The paper is here. Whether its abstract answers this I can't tell; it says:"
        return "The papers are here. Whether their abstracts answer this I can't tell; they say:"
    return "Nearest to it comes this, which may be no answer:"


def _ended(question: str) -> str:
    return question if question[-1:] in ".?!。？！" else f"{question}."
