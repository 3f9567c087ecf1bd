"""A blocking generator, run on a thread, for callers on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TypeVar

from rag.cancellation import Cancellation
from rag.closing import closing_iterator

T = TypeVar("T")


class _End:
    """Marks the end of a queue."""


async def off_the_loop(make: Callable[[Cancellation], Iterator[T]]) -> AsyncGenerator[T, None]:
    """Yields what the generator yields. Leaving early, or being cancelled, cancels and closes it.

    The thread is done when this returns; a model that waits for its endpoint is woken.
    """
    cancellation = Cancellation()
    loop = asyncio.get_running_loop()
    items: asyncio.Queue[T | BaseException | _End] = asyncio.Queue()

    def put(item: T | BaseException | _End) -> None:
        loop.call_soon_threadsafe(items.put_nowait, item)

    def work() -> None:
        try:
            with closing_iterator(make(cancellation)) as iterator:
                for item in iterator:
                    if cancellation.cancelled:
                        break
                    put(item)
        except Exception as error:  # noqa: BLE001 - raised again in the caller's task
            put(error)
        finally:
            put(_End())

    worker = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        while not isinstance(item := await items.get(), _End):
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        cancellation.cancel()
        await asyncio.shield(worker)
