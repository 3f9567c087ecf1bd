"""The lines of a saved Daily Papers page (see ``daily_page``) by what their shape says they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.readers import dates
from index.readers.source import Line
from index.readers.text import clean

_LONG = 300  # no title is as long, few abstracts are shorter
_SEPARATOR = "·"
_COUNT = re.compile(r"(?:[•·*-]\s*)?(\d{1,6}) authors?", re.IGNORECASE)
_DATE = re.compile(
    r"(?:·\s*)?(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2})(?:, (?P<year>\d{4}))?"
    r"(?:\s+(?P<comments>\d+))?"
)
_ONE_LINE_TAIL = re.compile(rf"(?P<who>.{{1,100}}?)\s*·\s*(?P<date>{_DATE.pattern})")


@dataclass(frozen=True, slots=True)
class Text:
    """A title, an abstract or an organisation."""

    line: int
    text: str
    organisation: bool = False

    @property
    def is_abstract(self) -> bool:
        """By its shape: long, or a sentence with its full stop. Titles have neither."""
        sentence = self.text.endswith(".") and len(self.text) >= 60 and self.text.count(" ") >= 7
        return len(self.text) >= _LONG or sentence


@dataclass(frozen=True, slots=True)
class Count:
    """A number of authors, as written."""

    line: int
    authors: str


@dataclass(frozen=True, slots=True)
class Date:
    """A day, and how many comments stand behind it."""

    line: int
    month: int
    day: int
    year: int | None
    comments: str


Token = Text | Count | Date


def tokens(numbered: Iterator[Line]) -> Iterator[Token]:
    """Texts and metadata lines. A short text before a lone ``·`` is an organisation."""
    held: Text | None = None
    for line in _joined(numbered):
        text = clean(line.text)
        if text == _SEPARATOR:
            if held:
                yield Text(held.line, held.text, organisation=not held.is_abstract)
            held = None
            continue
        if held:
            yield held
        held = None
        found = _metadata(line.number, text)
        yield from found
        if text and not found:
            held = Text(line.number, text)
    if held:
        yield held


def _metadata(number: int, text: str) -> list[Token]:
    """What a line says about the entry above it; nothing for a title or an abstract."""
    if match := _COUNT.fullmatch(text):
        return [Count(number, match[1])]
    if match := _DATE.fullmatch(text):
        month = dates.month_number(match["month"])
        year = int(match["year"]) if match["year"] else None
        comments = match["comments"] or ""
        return [Date(number, month, int(match["day"]), year, comments)] if month else []
    if match := _ONE_LINE_TAIL.fullmatch(text):
        who = match["who"].strip()
        rest = _metadata(number, match["date"])
        first = _metadata(number, who) or [Text(number, who, organisation=True)]
        return [*first, *rest] if rest else []
    return []


def _joined(numbered: Iterator[Line]) -> Iterator[Line]:
    """Lines without the empty ones; short lines in a row are one wrapped paragraph."""
    block: list[Line] = []
    for line in numbered:
        if line.text.strip():
            block.append(line)
        else:
            yield from _paragraphs(block)
            block = []
    yield from _paragraphs(block)


def _paragraphs(block: list[Line]) -> list[Line]:
    def stands_alone(line: Line) -> bool:
        text = clean(line.text)
        return text == _SEPARATOR or len(text) >= _LONG or bool(_metadata(line.number, text))

    if len(block) < 2 or any(stands_alone(line) for line in block):
        return block
    return [Line(block[0].number, " ".join(line.text for line in block))]
