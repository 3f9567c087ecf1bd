"""CSV whose columns are the fields of a cases file, for spreadsheets.

- The first line names the columns; they stand in any order, with commas, semicolons or tabs
  between. Only "question" must be there: without "id" the rows are numbered, q1, q2 ...
- A list ("gold_titles", "must_contain" ...) has its items on lines of their own in the cell, or
  with " | " between them. Items that hold either stand as a JSON list: ["P(a | b)"].
- "history" is the JSON of a cases file. "answerable" and "reviewed" are true or false, yes or no,
  1 or 0. An empty cell is the default.
- A cell that a spreadsheet would take for a formula begins with an apostrophe, which is no part of
  the text (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.cases import FIELDS, LISTS, fields_of
from evals.formats.types import Format, Read, Row, Written
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper

_FLAGS = ("answerable", "reviewed")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_FORMULA = tuple("=+-@\t\r")


def recognises(path: Path) -> bool:
    """A name that ends in .csv or .tsv."""
    return path.suffix.lower() in {".csv", ".tsv"}


def read(path: Path, papers: Sequence[Paper], split: str) -> Read:
    """One case a row."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8: {error}; save it as CSV UTF-8") from error
    return Read(path.name, tuple(_rows(text, str(path))))


def write(cases: Sequence[EvalCase], papers: Sequence[Paper]) -> Written:
    """All columns, lines ended as RFC 4180 has it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for case in cases:
        fields = fields_of(case)
        writer.writerow([_guarded(_cell(name, fields.get(name))) for name in FIELDS])
    return Written({"": text.getvalue()})


FORMAT = Format("csv", recognises, read, write)


def _rows(text: str, source: str) -> Iterator[Row]:
    header: list[str] | None = None
    number = 0
    for line, cells in _cells(text, source):
        if header is None:
            header = _header(cells, f"{source}:{line}")
            continue
        if len(cells) != len(header):
            found = f"the row has {len(cells)} cells and the header {len(header)}"
            raise ConfigError(f"{source}:{line}: {found}; check its quotes and separators")
        number += 1
        row = dict(zip(header, cells, strict=True))
        fields: dict[str, object] = {"id": f"q{number}"} if "id" not in row else {}
        for name, cell in row.items():
            if name and cell.strip():
                fields[name] = _value(name, _unguarded(cell), f"{source}:{line}")
        yield line, fields


def _cells(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with the lines that they begin in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            message = f"{source}:{line}: not a valid row ({error}); is a quote not closed?"
            raise ConfigError(message) from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _delimiter(text: str) -> str:
    """The one by which the first line names the most fields."""
    first = next((line for line in text.split("\n") if line.strip()), "")

    def named(delimiter: str) -> int:
        cells = (cell.strip(' \r"').lower() for cell in first.split(delimiter))
        return sum(cell in FIELDS for cell in cells)

    return max(",;\t", key=named)


def _header(cells: list[str], place: str) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ConfigError(f"{place}: named twice: {', '.join(twice)}; leave one column of each")
    if "question" not in names:
        known = ", ".join(FIELDS)
        raise ConfigError(f'{place}: no column is called "question"; the columns are: {known}')
    return names


def _value(name: str, cell: str, place: str) -> object:
    if name in LISTS:
        return _items(cell)
    if name == "history":
        try:
            return json.loads(cell)
        except (ValueError, RecursionError) as error:
            message = f'{place}: "history" must be JSON: [{{"role": "user", "content": "..."}}]'
            raise ConfigError(message) from error
    if name in _FLAGS:
        word = cell.strip().lower()
        if word not in _TRUE + _FALSE:
            raise ConfigError(f'{place}: "{name}" must be true or false, not {cell!r}')
        return word in _TRUE
    return cell


def _items(cell: str) -> list[str]:
    if cell.startswith("["):
        try:
            items = json.loads(cell)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return items
    parts = cell.split("\n") if "\n" in cell.strip() else cell.split(" | ")
    return [part.strip() for part in parts if part.strip()]


def _cell(name: str, value: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    plain = "" if name == "history" else "\n".join(value)
    return plain if plain and _items(plain) == value else json.dumps(value, ensure_ascii=False)


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return cell[1:] if guarded else cell
