"""Notices when the store is gone or can't be read while the page runs, and says what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import IndexNotReady, PaperchatError
from index.places import CATALOGUE
from index.types import Filters
from rag.types import Event, Turn
from ui.site import Asker, Reader, Site
from ui.view import PageInfo

_REPLACED = (
    "Another store is at {place} than the one that this page was started with. Start paperchat "
    "again to ask that one."
)
_GONE = (
    "The store {place} is not there any more. Put it back, and ask again; or build it anew with "
    "paperchat index PATH, and start paperchat again."
)
_UNREADABLE = (
    "The store {place} can't be read: {why}. Once its files can be read again, ask again; where "
    "they are damaged, put a copy back, or build it anew with: paperchat index PATH"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store of this machine is, and which file was its catalogue at first."""

    folder: Path
    first: tuple[int, int]

    @classmethod
    def of(cls, location: str) -> Place | None:
        """The place of a store in a folder; None for one that is kept elsewhere."""
        folder = Path(location)
        try:
            return cls(folder, _identity(folder / CATALOGUE))
        except OSError:
            return None

    def check(self) -> None:
        """Costs microseconds. Raises IndexNotReady where the store can't be asked now."""
        file = self.folder / CATALOGUE
        try:
            found = _identity(file)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexNotReady(_GONE.format(place=self.folder)) from error
        except OSError as error:
            raise self._unreadable(error.strerror) from error
        if found != self.first:
            raise IndexNotReady(_REPLACED.format(place=self.folder))
        if not os.access(file, os.R_OK):
            raise self._unreadable("its catalogue may not be read")

    def examine(self) -> None:
        """Reads a little of the catalogue, too. Raises IndexNotReady."""
        self.check()
        address = f"{(self.folder / CATALOGUE).absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True)) as connection:
                connection.execute("PRAGMA quick_check(1)").fetchone()
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise self._unreadable(str(error)) from error

    def _unreadable(self, why: str | None) -> IndexNotReady:
        return IndexNotReady(_UNREADABLE.format(place=self.folder, why=why or "no reason is given"))


def _identity(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_dev, stat.st_ino


def watched(site: Site, location: str) -> Site:
    """The site, which tells plainly that its store is gone, and answers again once it is back."""
    place = Place.of(location)
    if place is None:
        return site
    last = _Last(site.info())

    def info() -> PageInfo:
        try:
            last.info = site.info()
        except Exception:  # noqa: BLE001 - whatever it is, asking tells of it
            return last.info
        return last.info

    def asker(reader: Reader) -> Asker:
        return _Watched(site.asker(reader), place)

    return replace(site, asker=asker, info=info)


@dataclass(slots=True)
class _Last:
    """What was last known, for a page that is opened meanwhile."""

    info: PageInfo


@dataclass(frozen=True, slots=True)
class _Watched:
    """Looks after the store before it asks, and again where asking fails."""

    asker: Asker
    place: Place

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        filters: Filters | None,
        understood: bool = True,
    ) -> Iterator[Event]:
        """The events of the answer. Raises IndexNotReady where the store is why there is none."""
        self.place.check()
        events = self.asker.stream(
            question, history=history, filters=filters, understood=understood
        )
        try:
            yield from events
        except PaperchatError:
            raise
        except Exception:
            self.place.examine()
            raise
