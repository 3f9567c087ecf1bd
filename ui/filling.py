"""Adds the sample to a new store while the page is open already, and tells how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from index.errors import IndexNotReady, PaperchatError
from index.report import AddProgress
from index.store import PaperIndex
from index.types import Filters
from rag.types import Event, Turn
from ui.opening import fill
from ui.site import Asker, Reader, Site
from ui.terminal import clean, note
from ui.view import Coming

_log = logging.getLogger(__name__)
_BROKEN = "something went wrong that should not have; see the terminal that runs paperchat"


class _Ended(Exception):
    """The page ends before all papers are in."""


class Filling:
    """A thread that fills the store, from ``start`` to the end of the ``with``.

    Ending early loses nothing of what was committed; the next use goes on from there.
    """

    def __init__(self, index: PaperIndex) -> None:
        self._index = index
        self._coming: Coming | None = Coming()
        self._over = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="filling", daemon=True)

    @property
    def coming(self) -> Coming | None:
        """How far it is; None once all papers are in."""
        return self._coming

    def start(self) -> None:
        """Begins; called once."""
        self._thread.start()

    def wait(self) -> None:
        """Returns once all papers are in. Raises IndexNotReady where that failed."""
        self._over.wait()
        if self._coming is not None:
            raise IndexNotReady(f"The papers are not all in: {self._coming.failed}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending = True
        if self._thread.is_alive():
            note("Finishing the papers that are being written; the next start goes on from there.")
            self._thread.join()  # seconds

    def _run(self) -> None:
        try:
            fill(self._index, self._tell)
            self._coming = None
        except _Ended:
            self._failed("paperchat was stopped; start it again and it goes on from there")
        except PaperchatError as error:
            self._failed(str(error))
            note(f"error: {clean(str(error))}")
        except Exception:  # noqa: BLE001 - a thread's last line: logged whole, told plainly
            _log.exception("the sample could not be added")
            self._failed(_BROKEN)
        finally:
            self._over.set()

    def _tell(self, state: AddProgress, total: int) -> None:
        if self._ending:
            raise _Ended
        done = state.added + state.updated + state.unchanged
        self._coming = Coming(done, max(done, total))

    def _failed(self, why: str) -> None:
        self._coming = replace(self._coming or Coming(), failed=why)


def while_filling(site: Site, filling: Filling) -> Site:
    """The site, whose questions wait until all papers are in."""

    def asker(reader: Reader) -> Asker:
        found = site.asker(reader)
        return found if filling.coming is None else _Patient(found, filling)

    return replace(site, asker=asker, info=lambda: replace(site.info(), coming=filling.coming))


@dataclass(frozen=True, slots=True)
class _Patient:
    """Waits before it asks."""

    asker: Asker
    filling: Filling

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        filters: Filters | None,
        understood: bool = True,
    ) -> Iterator[Event]:
        """The events of the answer, once all papers are in."""
        self.filling.wait()
        yield from self.asker.stream(
            question, history=history, filters=filters, understood=understood
        )
