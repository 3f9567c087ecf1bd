"""A progress bar on stderr with the time that is left, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.report import AddProgress


@contextmanager
def bar(what: str, total: int, done: int = 0) -> Iterator[Callable[[], None]]:
    """Gives what moves it on by one; nothing is drawn where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total, completed=done)
        yield lambda: progress.advance(task)


def each(advance: Callable[[], None]) -> Callable[[AddProgress], None]:
    """Calls it once for every paper, where a store tells how many there are so far."""
    told = 0

    def tell(so_far: AddProgress) -> None:
        nonlocal told
        for _ in range(so_far.seen - told):
            advance()
        told = so_far.seen

    return tell
