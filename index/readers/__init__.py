"""Papers from files: ``read`` one file, ``read_all`` files and folders.

A file's format is told by its content; its suffix decides only where the content doesn't. Nothing
raises for bad input: what can't be read comes out as a Problem, and the rest is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from index.readers import (
    arxiv_atom,
    arxiv_snapshot,
    bibtex,
    daily_api,
    daily_page,
    json_records,
    tabular,
)
from index.readers.record import Item
from index.readers.source import Head, head, unreadable
from index.readers.text import file_name
from index.types import Problem

__all__ = ["FORMATS", "Format", "Item", "read", "read_all", "sample_pages"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how its beginning is recognised, how it is read, which suffixes it has to itself.

    Saved pages have none: any prose may be a ``.txt``.
    """

    name: str
    recognises: Callable[[Head], bool]
    read: Callable[[Path], Iterator[Item]]
    suffixes: tuple[str, ...]


_JSON = (".json", ".jsonl", ".ndjson")

FORMATS = (  # the more particular ones first
    Format("arXiv Atom feed", arxiv_atom.recognises, arxiv_atom.read, (".atom", ".xml")),
    Format("Daily Papers API JSON", daily_api.recognises, daily_api.read, _JSON),
    Format("arXiv snapshot JSON Lines", arxiv_snapshot.recognises, arxiv_snapshot.read, _JSON),
    Format("JSON or JSON Lines", json_records.recognises, json_records.read, _JSON),
    Format("BibTeX", bibtex.recognises, bibtex.read, (".bib", ".bibtex")),
    Format("saved Daily Papers page", daily_page.recognises, daily_page.read, ()),
    Format("CSV or TSV", tabular.recognises, tabular.read, (".csv", ".tsv")),
)


def read(path: Path) -> Iterator[Item]:
    """The papers of one file, in its order, and Problems with what can't be taken as it is.

    Never raises for what is in the file or for a file that can't be read.
    """
    start = head(path)
    if isinstance(start, Problem):
        yield start
        return
    found = _format(start)
    if found is None:
        known = ", ".join(form.name for form in FORMATS)
        yield Problem(file_name(path), f"the format is not recognised; known are: {known}")
        return
    silent = True
    for item in found.read(path):
        silent = False
        yield item
    if silent:
        yield Problem(file_name(path), f"there is no paper in it (it was read as {found.name})")


def read_all(paths: Iterable[Path]) -> Iterator[Item]:
    """The papers of files and folders, each file once.

    Folders are read with all that is in them, in order of names; hidden files and folders and
    links to folders are left out. A path that doesn't exist is a Problem.
    """
    seen: set[str] = set()
    for found in (item for path in paths for item in _files(path)):
        if isinstance(found, Problem):
            yield found
            continue
        real = os.path.realpath(found)
        if real not in seen:
            seen.add(real)
            yield from read(found)


def sample_pages() -> list[Path]:
    """The five saved pages that come with the product, in order."""
    folder = Path(str(resources.files("index") / "sample"))
    return sorted(folder.glob("*.txt"))


def _format(start: Head) -> Format | None:
    """Recognised by content, the usual suffix first; by suffix alone where nothing is."""
    suffix = start.path.suffix.lower()
    usual = [form for form in FORMATS if suffix in form.suffixes]
    recognised = [form for form in FORMATS if form.recognises(start)]
    both = [form for form in recognised if form in usual]
    return next(iter([*both, *recognised, *usual]), None)


def _files(path: Path) -> Iterator[Path | Problem]:
    """The files behind one path, sorted."""
    problems: list[Problem] = []

    def refused(error: OSError) -> None:
        problems.append(unreadable(Path(error.filename or path), error))

    try:
        is_folder = path.is_dir()
    except (OSError, ValueError) as error:
        yield unreadable(path, error)
        return
    if not is_folder:
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
    yield from problems
