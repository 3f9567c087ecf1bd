"""Atom feeds as arXiv's API and its daily announcements send them.

Parsed by defusedxml: no entity is expanded and nothing outside the file is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from index.identity import given_id
from index.readers.record import Item, Place, Record, papers
from index.readers.source import Head, head, lines, unreadable
from index.types import Problem

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_PIECE = 64 * 1024
_ROOT = re.compile(r"<(?:\w+:)?(?:feed|entry)[\s>]")
_ENCODING = re.compile(r"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)""")
_ANNOUNCEMENT = re.compile(r"(?<!\s)\s*arXiv:\S{1,100}\s+Announce Type:\s*\S{1,100}\s+Abstract:\s*")
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def recognises(head: Head) -> bool:
    """XML with an Atom feed, or a lone entry, at its root."""
    return head.start.startswith("<") and _ROOT.search(head.text) is not None


def read(path: Path) -> Iterator[Item]:
    """One paper an entry; entries before a fault in the XML still come through."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    builder = _Entries()
    parser = DefusedXMLParser(target=builder)
    builder.position = parser.parser
    try:
        for piece in _pieces(path):
            if isinstance(piece, Problem):
                yield piece
                continue
            parser.feed(piece)
            yield from builder.papers(path)
        parser.close()
    except DefusedXmlException:
        message = "declares XML entities, which are not read; what follows was left out"
        yield Place(path, builder.line).problem(message)
    except ParseError as error:
        yield from builder.papers(path)
        message = f"not well-formed XML ({error.msg}); what follows was left out"
        yield Place(path, error.position[0]).problem(message)
    except (OSError, ValueError, LookupError) as error:
        yield unreadable(path, error if isinstance(error, OSError) else ValueError(str(error)))
    if not builder.seen:
        yield Place(path).problem("no entry in this XML file; is it an Atom feed?")


class _Entries(TreeBuilder):
    """Collects entries as they end, and forgets everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.position: object = None
        self.seen = 0
        self._finished: list[tuple[int, Element]] = []
        self._begun = 1
        self._open: list[Element] = []

    @property
    def line(self) -> int:
        """The line that is being parsed, from 1."""
        return int(getattr(self.position, "CurrentLineNumber", 1))

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        element = super().start(tag, attrs)
        self._open.append(element)
        if tag == f"{_ATOM}entry":
            self._begun = self.line
        return element

    def end(self, tag: str, /) -> Element:
        element = super().end(tag)
        self._open.pop()
        if tag == f"{_ATOM}entry":
            self.seen += 1
            self._finished.append((self._begun, element))
            if self._open:
                self._open[-1].clear()
        return element

    def papers(self, path: Path) -> Iterator[Item]:
        """The papers of the entries that ended since the last call."""
        finished, self._finished = self._finished, []
        for line, entry in finished:
            yield from papers(Place(path, line), _record(entry))


def _pieces(path: Path) -> Iterator[str | bytes | Problem]:
    """The file as text; as bytes where the XML says itself in which encoding it is."""
    start = head(path)
    declared = None if isinstance(start, Problem) else _ENCODING.match(start.start)
    if declared is None or declared[1].lower().replace("-", "") in ("utf8", "utf16"):
        for line in lines(path):
            yield line if isinstance(line, Problem) else line.text + "\n"
        return
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _record(entry: Element) -> Record:
    link = {
        item.get("rel", "alternate"): item.get("href", "") for item in entry.iter(f"{_ATOM}link")
    }
    names = (_text(author.find(f"{_ATOM}name")) for author in entry.iter(f"{_ATOM}author"))
    raw_id = _text(entry.find(f"{_ATOM}id")).strip()
    given = given_id(raw_id)
    extra = {
        "updated": _text(entry.find(f"{_ATOM}updated"))[:10],
        "doi": _text(entry.find(f"{_ARXIV}doi")),
        "venue": _text(entry.find(f"{_ARXIV}journal_ref")),
        "categories": " ".join(
            item.get("term", "") for item in entry.iter(f"{_ATOM}category") if item.get("term")
        ),
    }
    abstract = _text(entry.find(f"{_ATOM}summary")) or _text(entry.find(f"{_ATOM}content"))
    is_link = given is not None and given.id.startswith(("http:", "https:"))
    return Record(
        title=_text(entry.find(f"{_ATOM}title")),
        abstract=_ANNOUNCEMENT.sub("", abstract, count=1),
        id=raw_id,
        date=_text(entry.find(f"{_ATOM}published")),
        authors=tuple(name for name in names if name.strip()),
        url=link.get("alternate", "") or (raw_id if is_link else ""),
        extra={key: value for key, value in extra.items() if value},
    )


def _text(element: Element | None) -> str:
    if element is None:
        return ""
    text = "".join(element.itertext())
    return unescape(_TAG.sub("", text)) if element.get("type") == "html" else text
