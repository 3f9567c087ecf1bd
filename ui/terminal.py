"""What the command line prints: data on stdout, everything else on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evals.terminal import clean as clean  # noqa: PLC0414 - those here take it from here

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.text import Text

    from index.types import Paper
    from rag.types import Citation

_MARKER = re.compile(r"\[\d+\]")


def note(message: str) -> None:
    """One line on stderr."""
    sys.stderr.write(message.rstrip("\n") + "\n")
    sys.stderr.flush()


def emit(text: str) -> None:
    """Data on stdout, as it is."""
    sys.stdout.write(text)


def emit_json(value: object) -> None:
    """A JSON value on stdout; indented where a person reads it."""
    indent = 2 if sys.stdout.isatty() else None
    emit(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def speak_utf8() -> None:
    """Makes stdout and stderr take every character, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def console() -> Console:
    """A console on stdout that reports a closed pipe as BrokenPipeError."""
    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return PipeConsole(highlight=False, soft_wrap=True)


@contextmanager
def bar(label: str, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on stderr, if that is a terminal. Yields ``update(done, total)``."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def coloured(text: str) -> Text:
    """The text with its markers coloured; nothing in it is taken as markup."""
    from rich.text import Text

    styled = Text(clean(text))
    styled.highlight_regex(_MARKER, "bold cyan")
    return styled


def heading(paper: Paper) -> str:
    """Title and what is known of the date, on one line."""
    title = clean(" ".join(paper.title.split()))
    return f"{title} ({paper.known_date})" if paper.date else title


def cited_sentences(citations: tuple[Citation, ...]) -> Text:
    """Each marker with its paper and, beneath, the sentences that are cited."""
    from rich.text import Text

    listed = Text()
    papers = {citation.marker: citation.paper for citation in citations}
    for marker in sorted(papers):
        listed.append(f"[{marker}] ", "bold cyan").append(heading(papers[marker]) + "\n", "bold")
        quotes = {(c.start, c.end): c.quote for c in citations if c.marker == marker}
        for _, quote in sorted(quotes.items()):
            listed.append(f"    “{clean(' '.join(quote.split()))}”\n", "italic")
    return listed
