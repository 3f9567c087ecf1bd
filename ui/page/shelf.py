"""What happens on the Collection tab: listing, choosing, asking, adding."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import gradio as gr

from index.errors import PaperchatError
from index.store import PaperIndex
from rag.collection.months import month_in_words
from ui.collection.adding import Report
from ui.collection.card import GONE, paper_card, question_about
from ui.collection.holdings import Held, Holdings
from ui.collection.receiving import receive
from ui.collection.rows import Row, narrowed, ordered
from ui.collection.telling import progress_markup, report_markup
from ui.collection.titles import readable
from ui.page.fields import Field
from ui.papers import counted
from ui.sources import short_page
from ui.typography import inert
from ui.view import PageInfo
from ui.web import read_filters

HEADERS = ("Title", "Date", "Authors", "Page", "Words")
ORDERS = {
    "Newest first": ("date", True),
    "Oldest first": ("date", False),
    "Title": ("title", False),
    "Most authors": ("authors", True),
    "Longest abstract": ("words", True),
}
NEVER, UNREAD = -1, -2
"""Instead of a revision: of a tab that was not opened, and where the store can't be read."""

MOST_LISTED = 5_000
"""Rows that a browser holds with ease; more are found by narrowing."""

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DRAWING = "Drawing the map. It takes some seconds, and all else works meanwhile."
_UNDRAWN = "The map could not be drawn; the terminal shows why."
_log = logging.getLogger(__name__)

Listed = tuple[Any, ...]
"""The line that counts, the table, the ids of its rows."""

Shown = tuple[Any, ...]
"""The card, its buttons, the paper's id."""


class Shelf:
    """What happens on the tab's events. Holds nothing of any one visitor but a way to stop."""

    def __init__(self, index: PaperIndex, info: Callable[[], PageInfo]) -> None:
        self._index = index
        self._info = info
        self._holdings = Holdings(index)
        self._stops: dict[str, threading.Event] = {}

    # Reading

    def open(self, seen: int) -> tuple[Any, int]:
        """The tab was opened, or papers were added; ``seen`` is the revision that it shows."""
        try:
            held = self._holdings.held()
        except PaperchatError:
            return "", UNREAD  # listing tells of it
        return (gr.skip() if held.revision == seen else _months(held)), held.revision

    def renew(self, seen: int) -> tuple[Any, int]:
        """The store grew: news for a tab that was opened before."""
        return (gr.skip(), seen) if seen == NEVER else self.open(seen)

    def relist(self, seen: int, listed: int, *fields: Field) -> tuple[Any, ...]:
        """The rows anew where an older revision's are listed.

        Apart from ``open``, which takes its time: what is typed meanwhile counts.
        """
        if seen == NEVER or listed == seen != UNREAD:
            return (gr.skip(),) * 4
        return *self.narrow(*fields), seen

    def narrow(self, *fields: Field) -> Listed:
        """The rows that the fields leave, in the order that they ask for."""
        find, since, until, pages, order = fields
        first, last = (text if isinstance(text, str) else "" for text in (since, until))
        try:
            held = self._holdings.held()
            filters = read_filters(first, last, "", pages if isinstance(pages, list) else ())
        except PaperchatError as error:
            return _trouble(error), gr.skip(), gr.skip()
        text = find if isinstance(find, str) else ""
        column, descending = ORDERS.get(str(order), ("date", True))
        rows = ordered(narrowed(held.rows, text, filters), column, descending=descending)
        month = first if first == last and _MONTH.fullmatch(first) else ""
        listed = rows[:MOST_LISTED]
        value = {"headers": list(HEADERS), "data": [_cells(row) for row in listed]}
        ids = tuple(row.paper_id for row in listed)
        coming = self._info().coming
        more = coming is not None and not coming.failed
        told = _counted(len(rows), len(held.rows), month, more=more)
        return f"<div{_by(fields)}>{told}</div>", value, ids

    def settle(self, told: object, *fields: Field) -> Listed:
        """The rows anew where those that the page shows were listed by other fields.

        Lists that are on their way at the same time may come in either order: without this, one
        that was asked for earlier would take a later one's place. ``told`` is the line that counts.
        """
        if isinstance(told, str) and _by(fields) in told:
            return (gr.skip(),) * 3
        return self.narrow(*fields)

    def month(self, chosen: gr.EventData, *fields: Field) -> tuple[Any, ...]:
        """A month was chosen: only its papers, or all again where it was chosen already."""
        find, since, until, pages, order = fields
        month = str(chosen._data.get("month"))
        if not _MONTH.fullmatch(month):
            return (gr.skip(),) * 5
        wanted = "" if since == until == month else month
        return wanted, wanted, *self.narrow(find, wanted, wanted, pages, order)

    async def draw(self, seen: int, mapped: int) -> AsyncIterator[tuple[Any, ...]]:
        """The map, where another revision's is shown; no thread waits while it is drawn."""
        if seen == NEVER:
            yield (gr.skip(),) * 3
            return
        try:
            promised = await asyncio.to_thread(self._holdings.drawn)
            if not promised.done():
                yield _head("Topic map", _DRAWING, busy=True), gr.skip(), gr.skip()
            drawn = await asyncio.wrap_future(promised)
        except PaperchatError as error:
            yield _head("Topic map", str(error)), "", UNREAD
        except Exception:  # noqa: BLE001 - the page's last line: logged whole, told plainly
            _log.exception("the topic map could not be drawn")
            yield _head("Topic map", _UNDRAWN), "", UNREAD
        else:
            told = _head("Topic map", drawn.told) if drawn.figure else ""
            same = drawn.revision == mapped
            yield told, gr.skip() if same else drawn.figure + drawn.legend, drawn.revision

    # Choosing and asking

    def choose_row(self, ids: tuple[str, ...], chosen: gr.SelectData) -> Shown:
        """A row of the table was chosen."""
        place = chosen.index[0] if isinstance(chosen.index, (list, tuple)) else chosen.index
        if not isinstance(place, int) or not 0 <= place < len(ids):
            return gr.skip(), gr.skip(), gr.skip()
        return self._show(ids[place])

    def choose_mark(self, chosen: gr.EventData) -> Shown:
        """A point on the map was chosen."""
        return self._show(str(chosen._data.get("paper")))

    def _show(self, paper_id: str) -> Shown:
        try:
            paper = self._index.get(paper_id)
        except PaperchatError as error:
            return _trouble(error), gr.Row(visible=False), ""
        if paper is None:
            return GONE, gr.Row(visible=False), ""
        return paper_card(paper), gr.Row(visible=True), paper_id

    def question(self, paper_id: str) -> str:
        """A question about the paper, "" where it is gone."""
        try:
            paper = self._index.get(paper_id)
        except PaperchatError as error:
            gr.Warning(str(error))
            return ""
        return question_about(paper) if paper else ""

    # Adding

    def add(self, files: list[dict[str, Any]], request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Files were dropped: a bar while their papers are added, then what became of them."""
        paths = [Path(str(file["path"])) for file in files or []]
        session = request.session_hash or ""
        stop = self._stops[session] = threading.Event()
        busy = gr.File(value=None, visible=False), gr.Button(visible=True)
        try:
            for news in receive(self._index, paths, stop=stop):
                if isinstance(news, Report):
                    yield report_markup(news), gr.File(visible=True), gr.Button(visible=False)
                else:
                    yield progress_markup(news), *busy
        finally:
            self._stops.pop(session, None)

    def halt(self, request: gr.Request) -> None:
        """No more is to be added after what is being written."""
        if stop := self._stops.get(request.session_hash or ""):
            stop.set()


def _cells(row: Row) -> list[Any]:
    pages = ", ".join(short_page(page) for page in row.pages)
    count = "" if row.n_authors is None else row.n_authors
    return [readable(row.title), row.date, count, pages, row.words]


def _counted(found: int, held: int, month: str, *, more: bool) -> str:
    if more:
        told = f"{counted(held)} so far; the others are on their way"
    elif not held:
        told = "There are no papers here yet; drop files to add some"
    elif found == held:
        told = counted(held)
    else:
        told = f"{found:,} of {counted(held)}"
    if found > MOST_LISTED:
        told += f"; the first {MOST_LISTED:,} are listed"
    when = f' data-month="{month}"' if month else ""
    named = f", from {month_in_words(int(month[5:]))} {month[:4]}" if month else ""
    return f'<p class="pc-counted"{when}>{told}{named}.</p>'


def _by(fields: Sequence[Field]) -> str:
    """An attribute for what was listed by these fields."""
    return f' data-by="{crc32(repr(fields).encode("utf-8", "replace"))}"'


def _months(held: Held) -> str:
    if not held.timeline:
        return ""
    told = f"{held.timeline_told} Choose a month to list its papers."
    return _head("Papers by month", told) + held.timeline


def _head(title: str, told: str, *, busy: bool = False) -> str:
    mark = '<p class="pc-progress"><i></i>' if busy else "<p>"
    return f'<div class="pc-figure-head"><h2>{title}</h2>{mark}{inert(told)}</p></div>'


def _trouble(error: PaperchatError) -> str:
    return f'<p class="pc-trouble">{inert(str(error))}</p>'
