"""Answers without a language model: the sentences of the abstracts that answer best, quoted.

What is quoted, and whether anything is, decides ``rag.deciding``. Each paper's quotes stand under
a line that names the paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.context import EvidencePaper
from rag.deciding import (
    CLEARLY_ANSWERABLE,
    Quoted,
    answerable,
    choice_for,
    least_answerable,
    quotes,
)
from rag.models import ChatRequest, Completion, Mode

UNCERTAIN = "These sentences come nearest; it is not certain that they answer the question."
"""What a reader is told of quotes that only just were not refused."""


class ExtractiveModel:
    """Quotes the best sentences of the evidence; nothing where it hardly answers the question."""

    spec = "extractive"
    mode: Mode = "extractive"
    plans = False

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel. Each piece is a paper's heading, or a quote with its key."""
        question, papers = request.question, request.evidence.papers
        chance, detail = answerable(question, papers), ""
        if chance >= least_answerable(papers, request.strictness):
            detail = "" if chance >= CLEARLY_ANSWERABLE else UNCERTAIN
            choice = choice_for(request.shape, request.length)
            yield from written(quotes(question, papers, request.shape, choice))
        yield Completion("complete", detail=detail)


def written(chosen: Sequence[Quoted]) -> Iterator[str]:
    """Each paper as a paragraph: its heading, then its quotes on the next line."""
    gap = ""
    for quoted in chosen:
        yield f"{gap}{heading(quoted.paper)}"
        gap, before = "\n\n", "\n"
        for sentence in quoted.sentences:
            yield f"{before}{sentence.text} [{sentence.key}]"
            before = " "


def heading(paper: EvidencePaper) -> str:
    """The line above a paper's quotes: its title and, where it is known, its year."""
    title = " ".join(paper.paper.title.split())
    if paper.paper.date:
        return f"{title} ({paper.paper.date.year}):"
    return title if title[-1:] in ".?!" else f"{title}:"
