"""What the page is made over, and what one reader has set. No Gradio here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from index.types import Filters
from rag.types import Event, Turn
from ui.view import PageInfo

if TYPE_CHECKING:
    from index.store import PaperIndex
    from ui.conversations.store import ConversationStore

Length = Literal["short", "normal", "long"]
Strictness = Literal["lenient", "normal", "strict"]
Unsupported = Literal["withhold", "show"]


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

    The key is kept in the session's memory alone, and shown nowhere.
    """

    model: str = ""
    base_url: str = ""
    key: str = field(default="", repr=False)
    length: Length = "normal"
    strictness: Strictness = "normal"
    unsupported: Unsupported | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the page serves, shared by all visitors.

    ``asker`` gives what answers a reader; it raises a PaperchatError where the settings can't
    work. ``info`` tells what there is at this moment. ``models`` lists the models of the reader's
    endpoint. Without ``conversations`` nothing is kept, without ``library`` there is no
    Collection tab, and without ``runs``, the folder of eval runs, no Evals tab.
    """

    asker: Callable[[Reader], Asker]
    info: Callable[[], PageInfo]
    conversations: ConversationStore | None = None
    library: PaperIndex | None = None
    runs: Path | None = None
    models: Callable[[Reader], Sequence[str]] | None = None

    @classmethod
    def of(cls, asker: Asker, info: PageInfo) -> Site:
        """A site of one assistant over papers that don't change; nothing is kept."""
        return cls(lambda _: asker, lambda: info)
