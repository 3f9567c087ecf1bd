"""Collections in BEIR's form (https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset).

A folder of ``corpus.jsonl`` ({"_id", "title", "text"}), ``queries.jsonl`` ({"_id", "text",
"metadata"}) and ``qrels/test.tsv`` (query id, document id, grade, under a header). Folders with
``qrels.tsv``, ``qrels_train.tsv`` and ``queries_train.jsonl``, with "id" for "_id" or without the
header are read too.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from index.errors import ConfigError
from index.types import Paper

_GRADE = re.compile(r"[+-]?[0-9]{1,9}(\.0*)?")


@dataclass(frozen=True, slots=True)
class Record:
    """A document or a query; ``metadata`` is whatever the file says there."""

    line: int
    id: str
    title: str
    text: str
    metadata: object


@dataclass(frozen=True, slots=True)
class Judgement:
    """How relevant a document is to a query: grades above 0 are."""

    line: int
    query: str
    document: str
    grade: int


@dataclass(frozen=True, slots=True)
class Collection:
    """Papers, queries by id, and the relevant papers' ids with their grades by query id."""

    papers: tuple[Paper, ...]
    queries: dict[str, str]
    relevant: dict[str, dict[str, int]]


def load(folder: Path, split: str = "test") -> Collection:
    """The whole collection, with the queries of a split that have a relevant paper.

    Raises ConfigError for what is not BEIR's form.
    """
    papers = tuple(Paper(doc.id, doc.title or doc.id, doc.text) for doc in documents(folder))
    texts = {query.id: query.text for query in queries(queries_file(folder, split))}
    relevant: dict[str, dict[str, int]] = {}
    for judged in judgements(judgements_file(folder, split)):
        if judged.grade > 0:
            relevant.setdefault(judged.query, {})[judged.document] = judged.grade
    return Collection(papers, {q: text for q, text in texts.items() if q in relevant}, relevant)


def queries_file(folder: Path, split: str) -> Path:
    """The file of a split's queries; one for all splits where it has none of its own."""
    own = folder / f"queries_{_plain(split)}.jsonl"
    return own if own.exists() else folder / "queries.jsonl"


def judgements_file(folder: Path, split: str) -> Path:
    """The file of a split's judgements. Raises ConfigError, naming the splits, if there is none."""
    name = _plain(split)
    places = [folder / "qrels" / f"{name}.tsv", folder / f"qrels_{name}.tsv"]
    places += [folder / "qrels.tsv"] if name == "test" else []
    for place in places:
        if place.exists():
            return place
    others = [path.stem for path in sorted((folder / "qrels").glob("*.tsv"))]
    others += [path.stem.removeprefix("qrels_") for path in sorted(folder.glob("qrels_*.tsv"))]
    hint = f"; it has the splits {', '.join(others)}" if others else "; BEIR has qrels/test.tsv"
    raise ConfigError(f"{folder} has no judgements of the split {name!r}{hint}")


def documents(folder: Path) -> Iterator[Record]:
    """The documents of the corpus, one at a time. Raises ConfigError, with the line."""
    return _records(folder / "corpus.jsonl")


def queries(path: Path) -> Iterator[Record]:
    """The queries of a file, one at a time. Raises ConfigError, with the line."""
    return _records(path)


def judgements(path: Path) -> Iterator[Judgement]:
    """The judgements of a file, one at a time. Raises ConfigError, with the line."""
    with _opened(path) as lines:
        reader = csv.reader(lines, delimiter="\t", strict=True)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise ConfigError(f"{path}:{line}: {error}; check the quotes") from error
            if row is None:
                return
            if len(row) in (3, 4) and _GRADE.fullmatch(row[-1].strip()):
                yield Judgement(line, row[0], row[-2], int(float(row[-1])))
            elif row and line > 1:
                wanted = "a query's id, a document's id and a whole number, with tabs between"
                raise ConfigError(f"{path}:{line}: a line holds {wanted}")


def _plain(split: str) -> str:
    return split.removeprefix("_") or "test"


def _records(path: Path) -> Iterator[Record]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield _record(json.loads(line), number)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                wanted = 'is no JSON object with the texts "_id" and "text"'
                raise ConfigError(f"{path}:{number}: the line {wanted}") from error


def _record(row: dict[str, Any], line: int) -> Record:
    name = row["_id"] if "_id" in row else row["id"]
    title = row.get("title") or ""
    if not isinstance(name, str | int) or not isinstance(row["text"], str):
        raise TypeError("id or text")
    if not isinstance(title, str):
        raise TypeError("title")
    return Record(line, str(name), title, row["text"], row.get("metadata"))


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text: {error}") from error
