"""Dropped files taken in: added in a thread of their own, told of as it goes, gone afterwards."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from index.store import PaperIndex
from ui.collection.adding import Progress, Report, add_files

_BROKEN = "something went wrong that should not have; the terminal shows what it was"
_log = logging.getLogger(__name__)


def receive(
    index: PaperIndex, paths: Sequence[Path], *, stop: threading.Event | None = None
) -> Iterator[Progress | Report]:
    """Adds the files' papers and deletes the files: progress, and the report at last.

    Goes on to its end though nobody listens any more: what was dropped is to be added, whether
    its page stays open or not.
    """
    told: SimpleQueue[Progress | Report] = SimpleQueue()
    work = threading.Thread(target=_add, args=(index, paths, told, stop), daemon=True)
    work.start()
    while True:
        news = told.get()
        yield news
        if isinstance(news, Report):
            return


def _add(
    index: PaperIndex,
    paths: Sequence[Path],
    told: SimpleQueue[Progress | Report],
    stop: threading.Event | None,
) -> None:
    report = Report(len(paths), stopped=_BROKEN)
    try:
        report = add_files(index, paths, told.put, stop=stop)
    except Exception:  # noqa: BLE001 - a thread's last line: logged whole, told plainly
        _log.exception("the files could not be added")
    finally:
        for path in paths:
            _discard(path)
        told.put(report)


def _discard(path: Path) -> None:
    """Deletes an uploaded file, and the folder that it had for itself."""
    with suppress(OSError, ValueError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()
