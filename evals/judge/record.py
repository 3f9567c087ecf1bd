"""``judged.jsonl`` of a run's folder: every judgement, appended as it is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from evals.judge.types import Judgement
from index.errors import ConfigError

JUDGED = "judged.jsonl"


def load_judgements(folder: Path) -> Mapping[tuple[str, ...], Judgement]:
    """The last judgement of each key. What can't be read, as the half of a line, is left out.

    Raises ConfigError where the file is there and can't be read.
    """
    try:
        text = (folder / JUDGED).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{folder / JUDGED}: can't be read ({error})") from error
    return {judgement.key: judgement for judgement in _judgements(text)}


def _judgements(text: str) -> Iterator[Judgement]:
    for line in text.split("\n"):
        try:
            yield Judgement.of_fields(json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            continue


class Record:
    """The file, open to be written at its end."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def add(self, judgement: Judgement) -> None:
        """Appends a judgement; it is on disk when this returns."""
        self._file.write(json.dumps(asdict(judgement), ensure_ascii=True) + "\n")
        self._file.flush()


@contextmanager
def recording(folder: Path) -> Iterator[Record]:
    """The record of a run's folder. Raises ConfigError where it can't be written."""
    path = folder / JUDGED
    try:
        held = path.read_bytes() if path.exists() else b""
        file = path.open("a", encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{path}: can't be written ({error})") from error
    with file:
        if held and not held.endswith(b"\n"):
            file.write("\n")  # after the half of a line that an end by force left
        yield Record(file)
