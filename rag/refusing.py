"""Refusals that help: what was looked for, what the collection is, what comes nearest.

A refusal is written like an answer that quotes: a model yields its text with evidence keys, and
the same resolver turns these into markers. So what it quotes can be checked, too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.types import Filters
from rag.collection import CollectionQuery
from rag.collection.describing import conditions_in_words
from rag.context import clean
from rag.deciding import Choice, Quoted, quotes
from rag.models import ChatRequest, Completion, Mode
from rag.models.extractive import written
from rag.naming import NOTHING, Absent, named_in

NOT_FOUND = "No answer found."
"""How refusals begin."""

NEAR = 0.25
"""Cosine from which a paper is worth naming as near: below, it shares hardly a subject."""

_LONGEST_CONDITIONS = 300  # characters
_MET = 0.6  # coverage from which a paper is near whatever its cosine: acronyms have low ones
_NAMES_A_TIME = re.compile(
    r"\b(?:(?:19|20)\d\d|recent(?:ly)?|latest|newest|today|now(?:adays)?|currently|"
    r"(?:this|last|past) (?:year|month|week)s?)\b",
    re.IGNORECASE,
)
_BRIEFLY = Choice(papers=2, probability=0.08, sentences=2, others=1, of_best=0.5)

REASON_FILTERED = "no paper meets the filters"
REASON_EMPTY = "there are no papers yet"
HINT = (
    "You can ask what a paper says, or about the whole collection: “How many papers are about ...?”"
)
HINT_FOREIGN = "Without a language model, only questions in English are understood."


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

    def silent(self, dated: bool = False) -> str:
        """That none of them answers; with the span of their dates if ``dated``."""
        details = [self._conditions] if self.filters else []
        if dated and self.first is not None and self.last is not None:
            details.append(f"those with a date are from {self.first} to {self.last}")
        told = f" ({'; '.join(details)})" if details else ""
        if self.papers == 1:
            where = "that meets the filters" if self.filters else "here"
            return f"The one paper {where}{told} does not clearly answer it."
        where = "that meet the filters" if self.filters else "here"
        return f"None of the {self.papers:,} papers {where}{told} clearly answers it."

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

    ``lead`` is the first paragraph; ``absent`` is what the question names that no paper has.
    ``quotes`` False: only the lead, since what comes near was cited already. ``foreign``: the
    question is in a language that only a language model could have read.
    """

    searched: Searched
    absent: Absent = NOTHING
    quotes: bool = True
    foreign: bool = False

    spec = "extractive"
    mode: Mode = "extractive"
    plans = False

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel."""
        yield lead(request.question, self.searched, self.absent)
        chosen, named = nearest(request) if self.quotes else ([], False)
        if self.quotes and self.searched.papers and (self.foreign or not chosen):
            yield f" {HINT_FOREIGN if self.foreign else HINT}"
        if chosen:
            yield f"\n\n{_introduction(named, len(chosen) > 1)}\n\n"
            yield from written(chosen)
        yield Completion("complete")


def lead(question: str, searched: Searched, absent: Absent = NOTHING) -> str:
    """What was looked for, and where it is not."""
    looked_for = f"{NOT_FOUND} Looked for: {_ended(question)}"
    dated = _NAMES_A_TIME.search(question) is not None
    told = [searched.nothing] if searched.nothing else [searched.silent(dated), *absent.told]
    return " ".join([looked_for, *told])


def nearest(request: ChatRequest) -> tuple[list[Quoted], bool]:
    """At most two papers that come near, briefly, and whether the question names them.

    Those that it names go before all others.
    """
    papers = request.evidence.papers
    named = named_in(request.question, papers)
    near = [p for p in papers if p.cosine >= NEAR or p.coverage.whole >= _MET]
    best = sorted(named or near, key=lambda paper: -paper.score)[: _BRIEFLY.papers]
    chosen = quotes(request.question, best, request.shape, _BRIEFLY) if best else []
    return chosen, bool(named)


def _introduction(named: bool, several: bool) -> str:
    if not named:
        return "Nearest to it comes this, which may be no answer:"
    if several:
        return "The papers are here. Whether their abstracts answer this I can't tell; they say:"
    return "The paper is here. Whether its abstract answers this I can't tell; it says:"


def _ended(question: str) -> str:
    return question if question[-1:] in ".?!。？！؟" else f"{question}."
