"""Collections in BEIR's form: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv`` in a folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.types import Paper


@dataclass(frozen=True, slots=True)
class Collection:
    """Papers, queries by id, and the relevant papers' ids with their grades by query id."""

    papers: tuple[Paper, ...]
    queries: dict[str, str]
    relevant: dict[str, dict[str, int]]


def load(folder: Path, split: str = "") -> Collection:
    """``split`` is what the names of queries and qrels end in: "" or "_train".

    Queries without a relevant paper are left out. Raises CorpusError for what is not BEIR's form.
    """
    papers = tuple(
        Paper(_id(row), row.get("title") or _id(row), row["text"])
        for row in _rows(folder / "corpus.jsonl")
    )
    queries = {_id(row): row["text"] for row in _rows(folder / f"queries{split}.jsonl")}
    relevant: dict[str, dict[str, int]] = {}
    with _open(folder / f"qrels{split}.tsv") as lines:
        for row in csv.reader(lines, delimiter="\t"):
            if row and row[-1].lstrip("-").isdigit() and int(row[-1]) > 0:
                relevant.setdefault(row[0], {})[row[-2]] = int(row[-1])
    return Collection(papers, {q: t for q, t in queries.items() if q in relevant}, relevant)


def _id(row: dict[str, Any]) -> str:
    return str(row["_id"] if "_id" in row else row["id"])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                row["text"], _id(row)
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(f"{path.name}:{number}: no id or no text") from error
            yield row


def _open(path: Path) -> Any:  # noqa: ANN401 - a text file
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise CorpusError(f"{path.name} can't be read in {path.parent.name}") from error
