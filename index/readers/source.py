"""Files as lines of text: encodings, line ends, and limits on what is held in memory."""

from __future__ import annotations

import codecs
import io
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import AnyStr, BinaryIO

from index.readers import bounds
from index.readers.text import file_name
from index.types import Problem

_BOMS = (  # longest first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_KNOWN_BINARIES = (
    (b"%PDF-", "a PDF; give its abstract as JSON, CSV, BibTeX or an arXiv feed instead"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ\x00", "an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database; export its rows as JSON or CSV"),
    (b"PAR1", "a Parquet file; export its rows as JSON or CSV"),
)
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1b"})
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; ``number`` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, by which its format is told. ``whole``: there is no more."""

    path: Path
    text: str
    whole: bool

    @property
    def start(self) -> str:
        """The text from its first character that is no whitespace."""
        return self.text.lstrip()

    @property
    def lines(self) -> list[str]:
        """Lines that aren't empty; the last one may be cut."""
        return [line for line in self.text.splitlines() if line.strip()]


def head(path: Path) -> Head | Problem:
    """The file's beginning, or why there is nothing to read."""
    source = file_name(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Problem(source, "is not a file; name a file or a folder of files")
        with path.open("rb") as file:
            raw = file.read(bounds.HEAD)
    except (OSError, ValueError) as error:
        return unreadable(path, error)
    encoding = _encoding(raw)
    if kind := _binary(raw, encoding):
        return Problem(source, f"is {kind}")
    text = raw.decode(encoding, "replace") if encoding.startswith("utf-") else _decode(raw)[0]
    whole = len(raw) < bounds.HEAD
    if whole and not text.strip():
        return Problem(source, "is empty")
    return Head(path, text.lstrip("\ufeff"), whole)


def lines(path: Path) -> Iterator[Line | Problem]:
    """The file's lines, one at a time.

    A line over ``bounds.LINE`` becomes a Problem and is never held whole. Bytes that are no UTF-8
    are read as Windows-1252; the first line that has some is noted in a Problem.
    """
    try:
        with path.open("rb") as file:
            yield from _lines(path, file)
    except (OSError, ValueError) as error:
        yield unreadable(path, error)


def document(path: Path) -> Iterator[str | Problem]:
    """The file's whole text as one piece, after Problems on its encoding; no text if too big."""
    source = file_name(path)
    try:
        with path.open("rb") as file:
            raw = file.read(bounds.DOCUMENT + 1)
    except (OSError, ValueError) as error:
        yield unreadable(path, error)
        return
    if len(raw) > bounds.DOCUMENT:
        size = bounds.DOCUMENT // bounds.MIB
        message = f"is one JSON document over {size} MiB; write it as JSON Lines, one record a line"
        yield Problem(source, message)
        return
    encoding = _encoding(raw)
    if encoding in ("utf-16", "utf-32"):
        yield raw.decode(encoding, "replace")
        return
    text, foreign = _decode(raw.removeprefix(codecs.BOM_UTF8))
    if foreign is not None:
        yield _not_utf8(source, raw.count(b"\n", 0, foreign) + 1)
    yield text


def unreadable(path: Path, error: OSError | ValueError) -> Problem:
    """The operating system's refusal, in words."""
    if isinstance(error, FileNotFoundError):
        return Problem(file_name(path), "does not exist; check the path")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Problem(file_name(path), f"cannot be read: {reason}")


def _lines(path: Path, file: BinaryIO) -> Iterator[Line | Problem]:
    encoding = _encoding(file.read(4))
    file.seek(0)
    source = file_name(path)
    if encoding in ("utf-16", "utf-32"):
        with io.TextIOWrapper(file, encoding, errors="replace", newline="\n") as wide:
            for number, line in enumerate(_bounded(wide.readline, "\n"), start=1):
                if line is None:
                    yield _too_long(source, number)
                else:
                    yield Line(number, line.rstrip("\r\n"))
        return
    noted = False
    for number, raw in enumerate(_bounded(file.readline, b"\n"), start=1):
        if raw is None:
            yield _too_long(source, number)
            continue
        text, foreign = _decode(raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw)
        if foreign is not None and not noted:
            noted = True
            yield _not_utf8(source, number)
        yield Line(number, text.rstrip("\r\n"))


def _bounded(readline: Callable[[int], AnyStr], end: AnyStr) -> Iterator[AnyStr | None]:
    """Lines with their ends; None for one over the limit, which is read past in small pieces."""
    while line := readline(bounds.LINE + 1):
        if len(line) <= bounds.LINE:
            yield line
            continue
        while line and not line.endswith(end):
            line = readline(bounds.MIB)
        yield None


def _encoding(raw: bytes) -> str:
    """What the byte order mark says; ``bytes`` where there is none."""
    return next((name for mark, name in _BOMS if raw.startswith(mark)), "bytes")


def _binary(raw: bytes, encoding: str) -> str | None:
    """What kind of binary file this is, or None for text (a few stray bytes don't count)."""
    for magic, kind in _KNOWN_BINARIES:
        if raw.startswith(magic):
            return kind
    control = len(raw) - len(raw.translate(None, _CONTROL))
    if encoding in ("utf-16", "utf-32") or control * 200 <= len(raw):
        return None
    return "a binary file, not text; export its papers as JSON, CSV or BibTeX"


def _decode(raw: bytes) -> tuple[str, int | None]:
    """UTF-8, single foreign bytes as Windows-1252; and where the first of those is, if any."""
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8", "surrogateescape")
        return _ESCAPED_BYTE.sub(_windows_1252, text), error.start


def _windows_1252(escaped: re.Match[str]) -> str:
    byte = bytes([ord(escaped[0]) - 0xDC00])
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:  # five bytes that Windows left undefined
        return byte.decode("latin-1")


def _too_long(source: str, number: int) -> Problem:
    size = bounds.LINE // bounds.MIB
    return Problem(source, f"the line is longer than {size} MiB and was skipped", number)


def _not_utf8(source: str, number: int) -> Problem:
    message = (
        "is not UTF-8 from here on; read as Windows-1252: save it as UTF-8 if letters look odd"
    )
    return Problem(source, message, number, rejected=False)
