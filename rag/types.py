"""The values of a conversation: turns, citations, claims, answers and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from index.types import Filters, Hit, Paper, Passage

Verdict = Literal["supported", "weak", "unsupported"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange.

    ``cited``: (marker, paper id) of each paper that the answer cites, where that is known; later
    answers of the conversation then go on numbering where this one ended.
    """

    question: str
    answer: str
    cited: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """What stands behind a marker: ``paper.abstract[start:end] == quote``, always.

    ``support`` in [0, 1] says how well the quote supports the claims that cite it.
    """

    marker: int
    paper: Paper
    quote: str
    start: int
    end: int
    support: float

    def to_dict(self) -> dict[str, Any]:
        """The contract's Citation."""
        return {
            "marker": self.marker,
            "paper": self.paper.to_dict(),
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "support": self.support,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer, the markers it carries, and whether they support it."""

    text: str
    markers: tuple[int, ...]
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """The contract's Claim."""
        return {"text": self.text, "markers": list(self.markers), "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Source:
    """A paper that was retrieved for the answer, with the passages that were found."""

    paper: Paper
    passages: tuple[Passage, ...]
    cited: bool
    why: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_hit(cls, hit: Hit, *, cited: bool = False) -> Source:
        """The hit as a source."""
        return cls(hit.paper, hit.passages, cited, hit.why)

    def to_dict(self) -> dict[str, Any]:
        """The contract's source entry."""
        passages = [passage.to_dict() for passage in self.passages]
        return {"paper": self.paper.to_dict(), "passages": passages, "cited": self.cited}


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the endpoint reported them; zero where it reported none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each stage; ``first_token`` counts from the question."""

    plan: float = 0.0
    retrieve: float = 0.0
    first_token: float = 0.0
    generate: float = 0.0
    check: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer, or a refusal (``abstained``, with its ``reason``).

    In ``text``, markers are ``[1]``, ``[2]``, ... numbered in order of first use; each is
    the marker of one or more ``citations``, and every citation's marker is in the text.
    ``mode`` is "extractive" (quotes only) or "generative" (a language model wrote it).
    ``notices`` are what a reader should know of how the text came about, a sentence or two each.
    ``cached``: given before to the same question over the same papers, and kept.
    """

    question: str
    rewritten_question: str
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]
    abstained: bool
    reason: str | None
    mode: str
    model: str
    usage: Usage = Usage()
    cost_usd: float | None = None
    timings_ms: Timings = Timings()
    prompt_fingerprint: str = ""
    notices: tuple[str, ...] = ()
    cached: bool = False

    def __str__(self) -> str:
        """The text, then the list of cited papers, then the notices."""
        papers = {c.marker: c.paper for c in self.citations}
        titles = [f"[{marker}] {paper.title}" for marker, paper in sorted(papers.items())]
        notes = [f"Note: {notice}" for notice in self.notices]
        text = "\n\n".join("\n".join(part) for part in ([self.text], titles, notes) if part)
        # Titles and abstracts are others' text, and this is made for a terminal.
        return "".join(c if c == "\n" or c.isprintable() else " " for c in text)

    @property
    def turn(self) -> Turn:
        """This exchange as a turn of the history for the next question."""
        cited = dict.fromkeys((c.marker, c.paper.id) for c in self.citations)
        return Turn(self.question, self.text, tuple(cited))

    def to_dict(self) -> dict[str, Any]:
        """The contract's Answer, JSON-ready."""
        usage, t = self.usage, self.timings_ms
        return {
            "question": self.question,
            "rewritten_question": self.rewritten_question,
            "text": self.text,
            "claims": [claim.to_dict() for claim in self.claims],
            "citations": [citation.to_dict() for citation in self.citations],
            "sources": [source.to_dict() for source in self.sources],
            "abstained": self.abstained,
            "reason": self.reason,
            "mode": self.mode,
            "model": self.model,
            "usage": {
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
            },
            "cost_usd": self.cost_usd,
            "timings_ms": {
                "plan": t.plan,
                "retrieve": t.retrieve,
                "first_token": t.first_token,
                "generate": t.generate,
                "check": t.check,
                "total": t.total,
            },
            "prompt_fingerprint": self.prompt_fingerprint,
            "notices": list(self.notices),
            "cached": self.cached,
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """What was understood: the question made to stand alone, and the filters."""

    question: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The papers that the answer may draw on, best first."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer's text, markers already in their final ``[n]`` form.

    ``citations`` are those whose marker appears for the first time in this piece or that
    add a sentence to a known marker, so that a page can link them while text streams.
    """

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim of the streamed text and its verdict; its markers are those that were streamed.

    Each claim comes once: one that cites as soon as the next sentence has begun, the others, and
    those of quotes, when the text has ended, since a sentence without citations may only say what
    is missing. It comes once more, then, where its verdict has changed, as a second judge may
    want. Unsupported ones come even if they are withheld from the answer, whose own claims, with
    the numbers of its final text, are those of ``Finished``.
    """

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """Always the last event. Its answer's text replaces what was streamed."""

    answer: Answer


Event = Planned | Retrieved | Token | Checked | Finished
