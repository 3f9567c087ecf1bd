"""The site over a real store: who answers whom, and what there is."""

from __future__ import annotations

from functools import lru_cache

from index.store import PaperIndex
from rag.assistant import Assistant
from ui.conversations.store import ConversationStore
from ui.site import Reader, Site
from ui.view import PageInfo


def site_over(assistant: Assistant, index: PaperIndex) -> Site:
    """The site of this assistant, which answers whoever has set nothing else."""

    @lru_cache(maxsize=1)
    def outline(revision: int) -> PageInfo:
        held, model = index.info(), assistant.model
        return PageInfo(
            papers=held.papers,
            model=model.spec,
            mode=model.mode,
            pages=tuple(held.pages),
            first=held.first_date,
            last=held.last_date,
        )

    def asker(reader: Reader) -> Assistant:
        return assistant

    return Site(
        asker=asker,
        info=lambda: outline(index.revision),
        conversations=ConversationStore.open(),
        library=index,
    )
