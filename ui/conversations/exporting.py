"""A conversation as Markdown, and its papers as BibTeX and RIS. Pure.

Questions, answers, titles and abstracts are text: whatever they hold, they become no heading, link,
image, HTML or another record of what is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from index.text import well_formed
from index.types import Paper
from rag.types import Citation
from ui.papers import papers_bibtex
from ui.terminal import clean
from ui.view import Conversation, Exchange

_SPECIAL = re.compile(r"[\\`*_\[\]<>&~$|{}#^@]")
_MARKER = re.compile(r"\[\d{1,6}\](?![(\[:])")  # not one that a link could be made of
_LEADING = re.compile(r"(?:\d{1,9}(?=[.)])|(?=[-+=:]))")
_ITEM = re.compile(r"[ \t]*([-*•]|\d{1,3}[.)])[ \t]+(?=\S)")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "della", "den", "der", "di", "do", "dos", "du"}
)
_PARTICLES |= {"la", "le", "ten", "ter", "van", "von"}


def as_markdown(title: str, conversation: Conversation) -> str:
    """Questions as headings, answers with their markers, and below each what it cites."""
    parts = [f"# {_line(title) or 'Conversation'}"]
    for exchange in conversation:
        parts += [f"## {_line(exchange.question)}", *_understood(exchange)]
        parts += filter(None, [_answer(exchange.text), *_remarks(exchange)])
        if exchange.citations:
            parts += ["**Sources**", "\n\n".join(_sources(exchange.citations))]
    return "\n\n".join(parts) + "\n"


def cited_papers(conversation: Conversation) -> tuple[Paper, ...]:
    """The papers that the conversation's answers cite, each once, in the order of citing."""
    papers: dict[str, Paper] = {}
    for exchange in conversation:
        for citation in sorted(exchange.citations, key=lambda c: c.marker):
            papers.setdefault(citation.paper.id, citation.paper)
    return tuple(papers.values())


def as_bibtex(papers: Sequence[Paper]) -> str:
    """One entry a paper, with a key of its own; what is not known is left out."""
    return papers_bibtex([_for_bibtex(paper) for paper in papers])


def as_ris(papers: Sequence[Paper]) -> str:
    """One record a paper, lines ended by CR and LF; what is not known is left out.

    The format: https://en.wikipedia.org/wiki/RIS_(file_format)
    """
    lines = (line for paper in papers for line in (*_record(paper), "ER  - ", ""))
    return "".join(f"{line}\r\n" for line in lines)


def _understood(exchange: Exchange) -> Iterator[str]:
    if exchange.rewritten and _plain(exchange.rewritten) != _plain(exchange.question):
        yield f"Read as: {_line(exchange.rewritten)}"
    conditions = exchange.filters.to_dict().items()
    if conditions:
        yield "Filters: " + _line("; ".join(f"{name} {_value(what)}" for name, what in conditions))


def _value(what: object) -> str:
    return ", ".join(map(str, what)) if isinstance(what, list) else str(what)


def _remarks(exchange: Exchange) -> Iterator[str]:
    """What a reader has to know of the answer, beside its text."""
    if exchange.status == "stopped":
        yield "*Stopped before its end.*"
    elif exchange.status == "failed":
        yield f"*Not answered:* {_line(exchange.error)}"
    if exchange.answer is not None:
        if exchange.abstained and not exchange.text.strip():
            yield _line(exchange.answer.reason or "")
        yield from (f"*Note:* {_line(notice)}" for notice in exchange.answer.notices)
    doubted = [c for c in exchange.claims if c.verdict != "supported"]
    if doubted:
        yield "\n".join(
            ["*Not fully supported by what is cited:*", ""]
            + [f"- ({claim.verdict}) {_line(claim.text)}" for claim in doubted]
        )


def _sources(citations: Iterable[Citation]) -> Iterator[str]:
    """List items: each marker with its paper and, beneath, the sentences that are cited."""
    by_marker: dict[int, dict[tuple[int, int], Citation]] = {}
    for citation in sorted(citations, key=lambda c: (c.marker, c.start)):
        by_marker.setdefault(citation.marker, {})[citation.start, citation.end] = citation
    for marker, places in by_marker.items():
        quotes = [f"  > “{_line(citation.quote)}”" for citation in places.values()]
        paper = next(iter(places.values())).paper
        yield f"- [{marker}] {_heading(paper)}\n\n" + "\n  >\n".join(quotes)


def _heading(paper: Paper) -> str:
    title = f"**{_line(paper.title) or 'Untitled'}**"
    dated = f"{title} ({paper.known_date})" if paper.date else title
    facts = [_line(fact) for fact in (_names(paper), paper.organisation) if fact]
    address = web_address(paper.url)
    return ". ".join([dated, *facts, *([f"<{address}>"] if address else [])])


def _names(paper: Paper) -> str:
    if paper.authors:
        return ", ".join(paper.authors[:3]) + (" and others" if len(paper.authors) > 3 else "")
    return f"{paper.n_authors} authors" if paper.n_authors and paper.n_authors > 1 else ""


def _answer(text: str) -> str:
    """The text's paragraphs, lists and bold words; all else in it as it stands."""
    blocks: list[str] = []
    before = ""  # kind of the line before: "", "item" or "text"
    for line in text.splitlines():
        item = _ITEM.match(line)
        words = line[item.end() :] if item else line
        kind = "item" if item else "text" if words.strip() else ""
        shown = _guarded("**".join(map(_inline, _STRONG.split(words))).strip())
        if item:
            shown = f"{'-' if item[1] in '-*•' else item[1]} {shown}"
        if kind == before == "text":
            blocks[-1] += "\\"  # the line ends here in the answer, too
        elif kind and before and kind != before:
            blocks.append("")
        blocks.append(shown)
        before = kind
    return "\n".join(blocks).strip("\n")


def _line(text: str) -> str:
    """One line of text in which nothing but markers like [1] looks like Markdown."""
    return _guarded(_inline(text).strip())


def _inline(text: str) -> str:
    """A part of a line."""
    plain = _spaced(text)
    parts: list[str] = []
    at = 0
    for marker in _MARKER.finditer(plain):
        parts += [_SPECIAL.sub(r"\\\g<0>", plain[at : marker.start()]), marker[0]]
        at = marker.end()
    return "".join([*parts, _SPECIAL.sub(r"\\\g<0>", plain[at:])])


def _guarded(line: str) -> str:
    """The line with a beginning that makes no list, heading or rule of it."""
    found = _LEADING.match(line)
    return f"{line[: found.end()]}\\{line[found.end() :]}" if found else line


def _plain(text: str) -> str:
    """The text on one line, without what steers a program that shows it."""
    return _spaced(text).strip()


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", clean(re.sub(r"\s", " ", well_formed(text))))


def web_address(url: str | None) -> str:
    """The address with every character that could end it early written as %XX; "" for none."""
    text = _plain(url or "")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return ""
    return quote(text, safe="%/:?#[]@!$&'()*+,;=~")


def _for_bibtex(paper: Paper) -> Paper:
    return replace(
        paper,
        title=_closed(paper.title),
        abstract=_closed(paper.abstract),
        authors=tuple(filter(None, map(_closed, paper.authors))),
        organisation=_closed(paper.organisation or "") or None,
        url=web_address(paper.url) or None,
    )


def _closed(text: str) -> str:
    """The text as one that BibTeX sees the end of.

    BibTeX counts braces whether or not a backslash stands before them. Those of a text that has
    more of one kind become parentheses, and a backslash at the end, which would take the closing
    brace of the field with it, goes.
    """
    plain = _plain(text).rstrip("\\ ")
    depth = 0
    for brace in re.findall(r"[{}]", plain):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            break
    return plain if depth == 0 else re.sub(r"\\*\{", "(", re.sub(r"\\*\}", ")", plain))


def _record(paper: Paper) -> Iterator[str]:
    date = paper.known_date
    year, month, day = [*date.split("-"), "", ""][:3]
    yield "TY  - GEN"
    values = [
        ("TI", paper.title),
        *[("AU", _last_name_first(_plain(name))) for name in paper.authors],
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if month else ""),
        ("AB", paper.abstract),
        ("UR", web_address(paper.url)),
    ]
    for tag, value in values:
        if text := _plain(value):
            yield f"{tag}  - {text}"


def _last_name_first(name: str) -> str:
    """``Last, First``, as RIS wants it; particles such as "van der" go with the last name."""
    words = name.split(" ")
    if "," in name or len(words) < 2:
        return name
    at = len(words) - 1
    while at > 1 and words[at - 1] in _PARTICLES:
        at -= 1
    return f"{' '.join(words[at:])}, {' '.join(words[:at])}"
