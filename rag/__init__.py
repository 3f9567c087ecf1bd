"""Question in, cited answer out.

    from rag import ask
    answer = ask("Can safety training remove a backdoor from a deceptive model?")
    print(answer)

``ask``, ``stream``, ``aask`` and ``astream`` keep one Assistant for each Settings, opened at
first use and closed when the process ends. Without ``settings`` they read the environment, as
the command line does.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress

from index.errors import PaperchatError
from index.types import Filters
from rag.asked import History
from rag.assistant import Assistant
from rag.settings import Settings
from rag.types import Answer, Citation, Event, Turn

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Filters",
    "PaperchatError",
    "Settings",
    "Turn",
    "aask",
    "ask",
    "astream",
    "stream",
]

_assistants: dict[Settings, Assistant] = {}
_lock = threading.Lock()


def ask(
    question: str,
    *,
    history: History = (),
    filters: Filters | None = None,
    understood: bool = True,
    settings: Settings | None = None,
) -> Answer:
    """A cited answer from the store. Raises PaperchatError: see ``Assistant.stream``."""
    return _assistant(settings).ask(
        question, history=history, filters=filters, understood=understood
    )


def stream(
    question: str,
    *,
    history: History = (),
    filters: Filters | None = None,
    understood: bool = True,
    settings: Settings | None = None,
) -> Generator[Event, None, None]:
    """The events of an answer, ``Finished`` last. Closing it hangs up on the model."""
    yield from _assistant(settings).stream(
        question, history=history, filters=filters, understood=understood
    )


async def aask(
    question: str,
    *,
    history: History = (),
    filters: Filters | None = None,
    understood: bool = True,
    settings: Settings | None = None,
) -> Answer:
    """``ask`` off the event loop."""
    assistant = await _assistant_off_the_loop(settings)
    return await assistant.aask(question, history=history, filters=filters, understood=understood)


async def astream(
    question: str,
    *,
    history: History = (),
    filters: Filters | None = None,
    understood: bool = True,
    settings: Settings | None = None,
) -> AsyncGenerator[Event, None]:
    """``stream`` off the event loop."""
    from contextlib import aclosing

    assistant = await _assistant_off_the_loop(settings)
    events = assistant.astream(question, history=history, filters=filters, understood=understood)
    async with aclosing(events):
        async for event in events:
            yield event


async def _assistant_off_the_loop(settings: Settings | None) -> Assistant:
    import asyncio

    return await asyncio.to_thread(_assistant, settings)


def _assistant(settings: Settings | None) -> Assistant:
    from rag.wiring import build_assistant

    settings = settings or Settings.from_env()
    with _lock:
        if settings not in _assistants:
            if not _assistants:
                atexit.register(_close_all)
            _assistants[settings] = build_assistant(settings)
        return _assistants[settings]


def _close_all() -> None:
    with _lock:
        open_ones = list(_assistants.values())
        _assistants.clear()
    for assistant in open_ones:
        with suppress(PaperchatError):  # the process ends anyway
            assistant.close()
