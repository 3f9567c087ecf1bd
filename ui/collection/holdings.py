"""What the tab shows of a store: read when it is asked for, and kept until the store changes."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass

from index.store import PaperIndex
from ui.collection.map_figure import map_caption, map_legend, map_svg
from ui.collection.rows import Row, table
from ui.collection.timeline import timeline
from ui.collection.timeline_figure import timeline_caption, timeline_svg


@dataclass(frozen=True, slots=True)
class Held:
    """The papers of one revision: newest first, and by month as a figure ("" without any)."""

    revision: int
    rows: tuple[Row, ...]
    timeline: str
    timeline_told: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The topic map of one revision with its legend, both "" without papers."""

    revision: int
    figure: str
    legend: str
    told: str


class Holdings:
    """Reads and draws a store's papers once for each of its revisions, for all visitors.

    The map takes seconds and is drawn by a thread of its own, one map at a time.
    """

    def __init__(self, index: PaperIndex) -> None:
        self._index = index
        self._held: Held | None = None
        self._drawn: Drawn | None = None
        self._next: Future[Drawn] | None = None  # asked for, not begun
        self._reading = threading.Lock()
        self._asking = threading.Lock()
        self._drawing = threading.Lock()

    def held(self) -> Held:
        """The papers as they are now. Raises IndexNotReady where the store can't be read."""
        with self._reading:
            revision = self._index.revision
            if self._held is None or self._held.revision != revision:
                self._held = self._read(revision)
            return self._held

    def drawn(self) -> Future[Drawn]:
        """The map of the papers as they are now, or in some seconds.

        The future raises IndexNotReady where the store can't be read; this call does, too.
        """
        revision = self._index.revision
        with self._asking:
            if self._drawn is not None and self._drawn.revision == revision:
                ready: Future[Drawn] = Future()
                ready.set_result(self._drawn)
                return ready
            if self._next is None:
                self._next = Future()
                self._next.set_running_or_notify_cancel()  # nobody takes it from the others
                thread = threading.Thread(target=self._draw, args=(self._next,), daemon=True)
                thread.start()
            return self._next

    def _read(self, revision: int) -> Held:
        papers = self._index.query()
        months = timeline(papers)
        return Held(revision, table(papers), timeline_svg(months), timeline_caption(months))

    def _draw(self, promised: Future[Drawn]) -> None:
        """Whoever asks from here on may want newer papers, and gets another promise."""
        with self._drawing:
            with self._asking:
                self._next = None
            try:
                drawn = self._map()
            except BaseException as error:  # noqa: BLE001 - raised by whoever waits for it
                promised.set_exception(error)
                return
            with self._asking:
                self._drawn = drawn
            promised.set_result(drawn)

    def _map(self) -> Drawn:
        # Here, since scikit-learn's import alone takes a second or two.
        from ui.collection.topics import map_of

        revision = self._index.revision
        if self._drawn is not None and self._drawn.revision == revision:
            return self._drawn
        found = map_of(self._index)
        figure = map_svg(found, self._index.query())
        return Drawn(revision, figure, map_legend(found), map_caption(found))
