"""Shared by the tests of the readers: read a file, tell papers from problems."""

from __future__ import annotations

from pathlib import Path

from index.readers import read
from index.types import Paper, Problem

DATA = Path(__file__).parent / "data"
LONG = "This abstract is invented and says the same thing over and over, as padding does. " * 5


def split(items) -> tuple[list[Paper], list[Problem]]:
    items = list(items)
    papers = [item for item in items if isinstance(item, Paper)]
    problems = [item for item in items if isinstance(item, Problem)]
    assert len(papers) + len(problems) == len(items)
    return papers, problems


def read_file(path: Path) -> tuple[list[Paper], list[Problem]]:
    return split(read(path))


def read_bytes(folder: Path, name: str, content: bytes) -> tuple[list[Paper], list[Problem]]:
    path = folder / name
    path.write_bytes(content)
    return read_file(path)


def read_text(folder: Path, name: str, content: str) -> tuple[list[Paper], list[Problem]]:
    return read_bytes(folder, name, content.encode("utf-8", "surrogatepass"))
