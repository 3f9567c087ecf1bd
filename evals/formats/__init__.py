"""The formats that cases are read from and written in, besides JSONL: one module each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.cases import FIELDS, case_of, fields_of
from evals.formats import beir, llama, tabular
from evals.formats.types import Format, Read, Row, Written
from evals.types import EvalCase
from index.errors import ConfigError

__all__ = ["FORMATS", "Format", "Read", "Row", "Written", "format_for", "lost"]

FORMATS = {form.name: form for form in (beir.FORMAT, tabular.FORMAT, llama.FORMAT)}


def format_for(path: Path, name: str | None = None) -> Format:
    """The format of this name, or the one that recognises the path. Raises ConfigError."""
    if name is not None and name not in FORMATS:
        raise ConfigError(f"{name!r} is no format; name one of {', '.join(FORMATS)}")
    if name is not None:
        return FORMATS[name]
    for form in FORMATS.values():
        if form.recognises(path):
            return form
    known = ", ".join(FORMATS)
    raise ConfigError(f"{path}: the format can't be told by the name; give --format: {known}")


def lost(cases: Sequence[EvalCase], rows: Sequence[Row]) -> dict[str, int]:
    """In how many of the cases each field is not what was read back, in the same order.

    Raises ConfigError for a row that is no case.
    """
    read = (fields_of(case_of(fields, line)) for line, fields in rows)
    pairs = list(zip(map(fields_of, cases), read, strict=True))
    counts = {name: sum(a.get(name) != b.get(name) for a, b in pairs) for name in FIELDS}
    return {name: count for name, count in counts.items() if count}
