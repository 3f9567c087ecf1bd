"""An answer's text as markup: paragraphs, lists, linked markers, claims with their verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.types import Citation, Claim
from ui.typography import inert, typeset

MARKER = re.compile(r"\[(\d{1,6})\]")
_BULLET = re.compile(r"[ \t]{0,6}[-*•][ \t]+")
_NUMBER = re.compile(r"[ \t]{0,6}(\d{1,3})[.)][ \t]+")
_INLINE = re.compile(r"\*\*(?=\S)(?P<strong>[^*\n]+?)(?<=\S)\*\*|`(?P<code>[^`\n]+)`")
_VERDICTS = {"weak": "weakly supported", "unsupported": "not supported by the sources"}


@dataclass(frozen=True, slots=True)
class Span:
    """A claim's place in the answer's text, ``[start, end)``, markers at its end included."""

    start: int
    end: int
    verdict: str


def prose(text: str, number: int, citations: Sequence[Citation], claims: Sequence[Claim]) -> str:
    """The answer's text as block elements. ``number`` is the exchange's.

    Markers that have a citation become links; supported claims look like the rest of the text.
    """
    quotes: dict[int, list[Citation]] = {}
    for citation in citations:
        quotes.setdefault(citation.marker, []).append(citation)
    writer = _Writer(text, number, quotes, spans(text, claims))
    return "".join(_blocks(writer))


def spans(text: str, claims: Sequence[Claim]) -> list[Span]:
    """Where the doubtful claims stand in the text, in order.

    Claims are looked for with markers and spacing left aside, each after the one before it;
    a claim that is not found is left out.
    """
    letters, places = _bare(text)
    found: list[Span] = []
    cursor = 0
    for claim in claims:
        wanted, _ = _bare(claim.text)
        at = letters.find(wanted, cursor) if wanted else -1
        if at < 0:
            continue
        cursor = at + len(wanted)
        if claim.verdict in _VERDICTS:
            end = places[cursor - 1] + 1
            trailing = re.compile(r"(?:\s*\[\d{1,6}\])+").match(text, end)
            found.append(
                Span(places[at], trailing.end() if trailing else end, claim.verdict),
            )
    return found


def _bare(text: str) -> tuple[str, list[int]]:
    """The text without markers and spaces, and each character's place in the text."""
    hidden = {i for found in MARKER.finditer(text) for i in range(*found.span())}
    places = [i for i, letter in enumerate(text) if i not in hidden and not letter.isspace()]
    return "".join(text[i] for i in places), places


def _blocks(writer: _Writer) -> Iterator[str]:
    """Paragraphs and lists; a list is a run of lines that begin with a bullet or a number."""
    open_list = ""
    at = 0
    lines: list[tuple[int, int]] = []

    def paragraph() -> str:
        written = [writer.inline(*line) for line in lines]
        if len(lines) > 1 and _is_lead(writer.text[slice(*lines[0])]):
            written[0] = f'<span class="pc-lead">{written[0]}</span>'
        body = "<br>".join(written)
        lines.clear()
        return f"<p>{body}</p>" if body else ""

    for line in writer.text.splitlines(keepends=True):
        start, end = at, at + len(line.rstrip())
        at += len(line)
        item = _BULLET.match(line) or _NUMBER.match(line)
        tag = "" if item is None else ("ol" if item.re is _NUMBER else "ul")
        if tag != open_list and (tag or line.strip()):
            yield paragraph()
            if open_list:
                yield f"</{open_list}>"
            if item is not None:
                first = f' start="{int(item[1])}"' if tag == "ol" else ""
                yield f"<{tag}{first}>"
            open_list = tag
        if item is not None:
            yield f"<li>{writer.inline(start + item.end(), end)}</li>"
        elif line.strip():
            lines.append((start, end))
        else:
            yield paragraph()
    yield paragraph()
    if open_list:
        yield f"</{open_list}>"


def _is_lead(line: str) -> bool:
    """Whether the line names what follows, as a quoting model names the paper that it quotes."""
    return line.endswith(":") and MARKER.search(line) is None


@dataclass(frozen=True, slots=True)
class _Writer:
    text: str
    number: int
    quotes: Mapping[int, Sequence[Citation]]
    doubtful: Sequence[Span]

    def inline(self, start: int, end: int) -> str:
        """``text[start:end]``, one line of it, cut at the doubtful claims."""
        parts: list[str] = []
        at = start
        for span in self.doubtful:
            left, right = max(span.start, at), min(span.end, end)
            if left >= right:
                continue
            parts.append(self._styled(at, left))
            label = _VERDICTS[span.verdict] if right == span.end else ""
            note = f' <span class="pc-verdict">{label}</span>' if label else ""
            body = self._styled(left, right)
            parts.append(f'<span class="pc-claim pc-{span.verdict}">{body}</span>{note}')
            at = right
        parts.append(self._styled(at, end))
        return "".join(parts)

    def _styled(self, start: int, end: int) -> str:
        parts: list[str] = []
        at = start
        for found in _INLINE.finditer(self.text, start, end):
            parts.append(self._marked(self.text[at : found.start()]))
            if found["strong"] is not None:
                parts.append(f"<strong>{self._marked(found['strong'])}</strong>")
            else:
                parts.append(f"<code>{inert(found['code'])}</code>")
            at = found.end()
        parts.append(self._marked(self.text[at:end]))
        return "".join(parts)

    def _marked(self, text: str) -> str:
        parts: list[str] = []
        at = 0
        for found in MARKER.finditer(text):
            marker = int(found[1])
            if marker not in self.quotes:
                continue
            before = text[at : found.start()]
            # A marker stays on the line of the word it follows.
            glue = "&#160;" if before.endswith(" ") else ""
            parts += [typeset(before.removesuffix(" ")), glue, self._link(marker, before)]
            at = found.end()
        return "".join([*parts, typeset(text[at:])])

    def _link(self, marker: int, before: str) -> str:
        every = self.quotes[marker]
        # Where the sentence before the marker is itself a quote, the marker means that one.
        said = before.rstrip(" \n[]0123456789")
        cited = [c for c in every if said and said.endswith(c.quote.rstrip())][:1] or every
        place = f' data-start="{cited[0].start}"' if len(cited) < len(every) else ""
        quote = inert(" … ".join(citation.quote for citation in cited[:3]))
        title = inert(cited[0].paper.title)
        anchor = mark_id(self.number, marker)
        return (
            f'<a class="pc-cite" href="#{anchor}" data-number="{self.number}"'
            f' data-marker="{marker}"{place} data-title="{title}" data-quote="{quote}"'
            f' aria-label="Source {marker}: {title}">&#91;{marker}&#93;</a>'
        )


def mark_id(number: int, marker: int) -> str:
    """The element id of a marker's first highlighted sentence."""
    return f"pc-{number}-{marker}"


def card_id(number: int, place: int) -> str:
    """The element id of the card of a paper that was found but not cited; places from 1."""
    return f"pc-{number}-near-{place}"
