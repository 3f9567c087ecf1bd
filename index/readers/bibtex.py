"""BibTeX entries that carry an abstract. Parsed by bibtexparser, one block at a time.

Titles and names lose what BibTeX alone needs (braces that protect capitals, accents written as
commands); abstracts stay as they are written.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers.dates import month_number
from index.readers.record import Item, Place, Record, papers
from index.readers.source import Head, lines
from index.readers.text import clean, short
from index.types import Problem

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_BLOCK = re.compile(r"[ \t]*@[ \t]*(\w+)[ \t]*[{(]")
_RECOGNISED = re.compile(
    r"""^[ \t]*@[ \t]*(?:string|preamble|comment|[a-z]+\s*\{[^\s"#%'(),={}]*\s*,)""",
    re.IGNORECASE | re.MULTILINE,
)
_STRING_NAME = re.compile(r"[{(]\s*([^\s={}()\"]+)\s*=")
_MOST_LINES = 2_000  # of one block: what comes after is a brace never closed, or comment
_MARKS = {"'": "\u0301", '"': "\u0308", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304"}
_MARKS |= {".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "r": "\u030a"}
_ACCENT = re.compile(
    r"""\{?\\(?:(?P<mark>["'`^~=.])\s*\{?\\?(?P<on>[A-Za-z])\}?"""
    r"""|(?P<command>[uvHcr])\{\\?(?P<under>[A-Za-z])\})\}?"""
)
_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "i": "i"}
_LETTERS |= {"ae": "æ", "AE": "Æ", "aa": "å", "AA": "Å", "oe": "œ", "&": "&"}
_LETTER = re.compile(r"\{\\(ss|oe|ae|AE|aa|AA|[oOlLi&])\s*\}")
_BRACES = re.compile(r"\$[^$]*\$|\\[A-Za-z]+\{[^{}]*\}|[_^]\{[^{}]*\}|\{([^{}\\$]*)\}")


def recognises(head: Head) -> bool:
    """A line that begins with ``@kind{key,`` (or ``@string`` and the like)."""
    return not head.start.startswith(("{", "[", "<")) and bool(_RECOGNISED.search(head.text))


def read(path: Path) -> Iterator[Item]:
    """One paper an entry; ``@string`` abbreviations are resolved."""
    logger = logging.getLogger("bibtexparser")  # its warnings come out as Problems
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    strings: dict[str, str] = {}
    for block in _blocks(path):
        if isinstance(block, Problem):
            yield block
            continue
        place, kind, text = block
        if kind == "string":
            name = _STRING_NAME.search(text)
            strings |= {name[1].lower(): text} if name else {}
        elif kind not in ("comment", "preamble"):
            yield from _from_block(place, text, strings)


def _blocks(path: Path) -> Iterator[tuple[Place, str, str] | Problem]:
    """Each block with its place and kind: from one ``@kind{`` at a line's start to the next."""
    begun: tuple[Place, str] | None = None
    held: list[str] = []
    for line in lines(path):
        if isinstance(line, Problem):
            yield line
            continue
        if opening := _BLOCK.match(line.text):
            if begun:
                yield (*begun, "\n".join(held))
            begun, held = (Place(path, line.number), opening[1].lower()), []
        if begun and len(held) < _MOST_LINES:
            held.append(line.text)
    if begun:
        yield (*begun, "\n".join(held))


def _from_block(place: Place, text: str, strings: Mapping[str, str]) -> Iterator[Item]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.exceptions import ParserStateException
    from bibtexparser.model import DuplicateFieldKeyBlock, Entry

    words = set(re.findall(r"[^\s={}()\",#]+", text.lower())) if strings else set()
    needed = [strings[name] for name in words & strings.keys()]
    try:
        library = parse_string("\n".join([*needed, text]))
    except (ParserStateException, IndexError, ValueError) as error:
        yield place.problem(f"not valid BibTeX ({error}); the entry was left out")
        return
    for failed in library.failed_blocks:
        doubled_in = failed.ignore_error_block
        if isinstance(failed, DuplicateFieldKeyBlock) and isinstance(doubled_in, Entry):
            doubled = ", ".join(sorted(failed.duplicate_keys))
            yield place.note(f"fields given twice, the first is taken: {short(doubled)}")
            yield from papers(place, _record(doubled_in))
        else:
            reason = clean(str(getattr(failed.error, "abort_reason", "") or failed.error))
            yield place.problem(f"not valid BibTeX ({reason}); the entry was left out")
    for entry in library.entries:
        yield from papers(place, _record(entry))


def _record(entry: Entry) -> Record:
    fields: dict[str, str] = {}
    for field in entry.fields:
        fields.setdefault(field.key.lower(), str(field.value))
    names = _names(fields.get("author", ""))
    truncated = any(name.lower() in ("others", "et al", "et al.") for name in names)
    kept = {
        "citekey": entry.key,
        "doi": fields.get("doi", ""),
        "venue": _plain(fields.get("journal") or fields.get("booktitle") or ""),
        "categories": fields.get("keywords", ""),
        "authors_text": "; ".join(names) if truncated else "",
    }
    return Record(
        title=_plain(fields.get("title", "")),
        abstract=fields.get("abstract", ""),
        id=_id(fields),
        date=_date(fields),
        authors=() if truncated else names,
        organisation=_plain(fields.get("institution") or fields.get("organization") or ""),
        url=fields.get("url", "").replace("\\_", "_").replace("\\%", "%"),
        extra={key: value for key, value in kept.items() if value},
    )


def _id(fields: Mapping[str, str]) -> str:
    """An arXiv id or a DOI. A citation key is no id: another file gives it to another paper."""
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower()
    eprint = fields.get("eprint", "").strip()
    if archive == "arxiv" and eprint:
        return f"arXiv:{eprint}"
    if mentioned := re.search(r"arXiv:\s*(\S+?)[,;.]?(?:\s|$)", fields.get("journal", "")):
        return f"arXiv:{mentioned[1]}"
    return fields.get("doi", "").replace("\\_", "_").strip()


def _date(fields: Mapping[str, str]) -> str:
    """``date``, or as much of year, month and day as there is."""
    if fields.get("date"):
        return fields["date"]
    year, month = fields.get("year", "").strip(), fields.get("month", "").strip().lower()
    number = int(month) if month.isdecimal() and len(month) < 3 else month_number(month.strip("."))
    if not number or not year:
        return year
    day = fields.get("day", "").strip()
    return f"{year}-{number:02d}" + (f"-{day}" if day.isdecimal() else "")


def _names(raw: str) -> tuple[str, ...]:
    """``Last, First and First Last`` as written in reading order."""
    names = []
    for part in clean(_plain(raw)).split(" and "):
        last, comma, first = part.partition(",")
        names.append(f"{first.strip()} {last.strip()}".strip() if comma else part.strip())
    return tuple(filter(None, names))


def _plain(text: str) -> str:
    """Without braces that only protect capitals, and with accents as letters."""
    text = _LETTER.sub(lambda match: _LETTERS[match[1]], _ACCENT.sub(_accented, text))
    for _ in range(3):  # braces within braces
        text = _BRACES.sub(lambda match: match[0] if match[1] is None else match[1], text)
    return text


def _accented(match: re.Match[str]) -> str:
    mark, letter = match["mark"] or match["command"], match["on"] or match["under"]
    return unicodedata.normalize("NFC", letter + _MARKS[mark])
