"""What a format reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.types import EvalCase
from index.types import Paper

Row = tuple[int, Mapping[str, Any]]  # the line that a case begins in, and its fields as in JSONL


@dataclass(frozen=True, slots=True)
class Read:
    """Cases, not checked yet. ``source`` is the file of their lines; ``notes`` say what was left
    out or is not known of them."""

    source: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The text of each file by its path below the target, "" for the target itself."""

    files: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its functions.

    ``recognises`` a path, which may not be there yet, by its name or by what is in the folder.
    ``read`` gets it, the papers of a store (which tell titles where the format has texts only) and
    the split to read, and raises ConfigError with file and line. ``write`` gets cases and papers.
    """

    name: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, Sequence[Paper], str], Read]
    write: Callable[[Sequence[EvalCase], Sequence[Paper]], Written]


def counted(number: int, what: str) -> tuple[str, ...]:
    """A note, if there is something to tell: "3 queries ..."."""
    return (f"{number} {what}",) if number else ()
