"""What the page is made over, and what one reader has set. No Gradio here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from index.types import Filters
from rag.costs import Spent
from rag.manner import Length, Strictness, Unsupported
from rag.settings import EXTRACTIVE
from rag.types import Event, Turn
from ui.view import PageInfo

if TYPE_CHECKING:
    from index.store import PaperIndex
    from ui.conversations.store import ConversationStore

INSTEAD = "Quotes only needs no language model."
"""How the error of a language model ends where quotes would have done."""


class Asker(Protocol):
    """What answers the page's questions: see ``rag.types`` for the events and their order.

    Where not ``understood``, the filters replace the conditions that the question implies.
    """

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        filters: Filters | None,
        understood: bool = True,
    ) -> Iterator[Event]: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """What a reader has set for this visit; "" stands for what the page was started with.

    ``model`` is "extractive" or "openai:MODEL". The key is kept in the session's memory alone, and
    shown nowhere. ``spent`` is what language models took for this reader, an entry an answer; it
    grows with each, and ``dataclasses.replace`` hands it on.
    """

    model: str = ""
    base_url: str = ""
    key: str = field(default="", repr=False)
    length: Length | Literal[""] = ""
    strictness: Strictness | Literal[""] = ""
    unsupported: Unsupported | Literal[""] = ""
    spent: list[Spent] = field(default_factory=list, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Start:
    """What the page was started with, as readers may see it.

    ``address`` is the endpoint of its language model, or the one that a key alone leads to, without
    any password; ``has_key`` tells whether it has a key of its own for it.
    """

    model: str
    address: str = ""
    has_key: bool = False
    offline: bool = False
    length: Length = "normal"
    strictness: Strictness = "normal"
    unsupported: Unsupported = "withhold"


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the page serves, shared by all visitors.

    ``asker`` gives what answers a reader; it raises a PaperchatError where the settings can't
    work. ``info`` tells what there is at this moment. ``models`` lists the models of the reader's
    endpoint, and raises a PaperchatError where that can't be. Without ``conversations`` nothing is
    kept, without ``library`` there is no Collection tab, without ``runs``, the folder of eval runs,
    no Evals tab, and without ``start`` no Settings tab.
    """

    asker: Callable[[Reader], Asker]
    info: Callable[[], PageInfo]
    conversations: ConversationStore | None = None
    library: PaperIndex | None = None
    runs: Path | None = None
    models: Callable[[Reader], Sequence[str]] | None = None
    start: Start | None = None

    def seen_by(self, reader: Reader) -> PageInfo:
        """What there is, with the model that answers this reader."""
        info = self.info()
        if not reader.model:
            return info
        mode = "extractive" if reader.model == EXTRACTIVE else "generative"
        return replace(info, model=reader.model, mode=mode)

    @classmethod
    def of(cls, asker: Asker, info: PageInfo) -> Site:
        """A site of one assistant over papers that don't change; nothing is kept."""
        return cls(lambda _: asker, lambda: info)
