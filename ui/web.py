"""The door to the web page. Gradio takes seconds to import and is only here when needed."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from index.errors import ConfigError
from index.telemetry import switch_off
from index.types import Filters
from ui.papers import check_range
from ui.site import Site

if TYPE_CHECKING:
    import gradio as gr

    from ui.accounts import Accounts


def serve_page(
    site: Site,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    ready: Callable[[str], None] | None = None,
    accounts: Accounts | None = None,
    names: Sequence[str] = (),
) -> None:
    """Serves the page until Ctrl-C. ``ready`` is called with its address once it answers.

    Without a port, it is 7860 or the next free one. With ``accounts``, visitors have to log in.
    ``names`` are host names that they may know the page by, besides this machine's own.
    Raises ConfigError where the port that was asked for is taken, and for a host beyond this
    machine on a page without accounts.
    """
    from ui.server import listen, run

    with listen(host, port, accounts=accounts is not None) as socket:
        page = build_page(site)
        run(page, socket, open_browser=open_browser, ready=ready, accounts=accounts, names=names)


def read_filters(
    since: str, until: str, words: str, pages: Sequence[str], least: str = "", most: str = ""
) -> Filters:
    """The filter fields as conditions; words are parted by commas, or else by spaces.

    ``least`` and ``most`` are numbers of authors. Raises ConfigError for a date or a number that
    is none, or a range that ends before it begins.
    """
    parts = words.split(",") if "," in words else words.split()
    filters = Filters(
        since=since.strip() or None,
        until=until.strip() or None,
        words=[part.strip() for part in parts if part.strip()],
        pages=list(pages),
        min_authors=_count(least),
        max_authors=_count(most),
    )
    check_range(filters)
    return filters


def _count(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or len(text.strip()) > 6:
        raise ConfigError(f"not a number of authors: {text.strip()[:40]!r}")
    return int(text)


def build_page(site: Site) -> gr.Blocks:
    """The page as Gradio blocks; ``ui.page.mount`` puts it into an application."""
    # Gradio reads this once, on import: no look-ups of its own hosts.
    switch_off()
    if find_spec("matplotlib") is None:
        # Gradio looks for it twice with each thing that it sends, through the whole path.
        sys.modules["matplotlib"] = None  # type: ignore[assignment]
    with _no_stub_files():
        from ui import page

    return page.build(site)


@contextmanager
def _no_stub_files() -> Iterator[None]:
    """Keeps Gradio from writing a stub file for each of its components while it is imported.

    It parses its own source for that, which is a third of the import's time. It leaves out
    components that have no source file.
    """
    known = inspect.getfile

    def getfile(thing: Any) -> str:  # noqa: ANN401 - as inspect has it
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no stub file is wanted")
        return known(thing)

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = known
