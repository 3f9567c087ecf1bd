"""What the assistant asks of a model that writes answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from rag.cancellation import Cancellation
from rag.context import Evidence
from rag.manner import Length, Strictness
from rag.planning.hops import Shape
from rag.types import Usage

Finish = Literal["complete", "truncated", "empty", "failed"]
Mode = Literal["extractive", "generative"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as chat-completion endpoints take it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One call. Language models read ``messages``; the extractive model reads ``evidence``.

    ``question`` stands alone; ``shape`` is how many papers an answer should draw on, ``length``
    how much of them, ``strictness`` how sure quotes have to be.
    ``cancellation`` stops a model that waits, from another thread.
    """

    question: str
    evidence: Evidence
    messages: tuple[Message, ...] = ()
    max_tokens: int = 1_200
    shape: Shape = "one"
    length: Length = "normal"
    strictness: Strictness = "normal"
    cancellation: Cancellation = field(default_factory=Cancellation, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """How a reply ended; the last thing that a model yields.

    ``detail`` says why it ended so, or of quotes how far they go. ``cost_usd`` is what the endpoint
    itself says that the call cost.
    """

    finish: Finish
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
    cost_usd: float | None = None


class ChatModel(Protocol):
    """Writes an answer whose citations are evidence keys in square brackets.

    Yields pieces of text and, last, one Completion. Raises a ModelError when the endpoint
    fails before any text has come; after that it ends with ``Completion("failed")``.
    Closing the iterator hangs up.
    """

    @property
    def spec(self) -> str: ...

    @property
    def mode(self) -> Mode: ...

    @property
    def plans(self) -> bool:
        """Whether it can be asked to plan a search as well (see ``rag.planning.by_model``)."""
        ...

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]: ...
