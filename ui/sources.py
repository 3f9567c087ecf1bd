"""The panel beside an answer: its papers as cards, cited sentences marked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from index.types import Paper
from rag.refusing import NEAR
from rag.types import Citation, Source
from ui.papers import counted
from ui.prose import card_id, mark_id
from ui.typography import inert, typeset
from ui.view import Exchange, PageInfo

_MET = 0.7  # late interaction from which most of a question's words have something like them

_LEGEND = (
    '<ul class="pc-legend">'
    '<li><b><i class="pc-key">&#91;1&#93;</i></b>opens the cited sentence in its abstract</li>'
    "<li><b><i><mark>marked</mark></i></b>the words that an answer rests on</li>"
    '<li><b><i class="pc-weak">dotted</i></b>only weakly supported by what it cites</li>'
    '<li><b><i class="pc-unsupported">wavy</i></b>not supported by the sources</li></ul>'
)


def panel(exchange: Exchange | None, info: Callable[[], PageInfo], conversation: str = "") -> str:
    """The panel beside the answer: cited papers first, the others folded below.

    ``info``, a look into the store, is only asked for where there are no sources to show.
    ``conversation`` is the id of the kept one, which the page's address then carries.
    """
    if exchange is not None and exchange.sources:
        markup = _sources(exchange)
    else:
        markup = _no_sources(exchange, info())
    return f'<div class="pc-of" data-conversation="{inert(conversation)}">{markup}</div>'


def _sources(exchange: Exchange) -> str:
    cited = _by_marker(exchange.citations)
    named = [s for s in exchange.sources if s.cited and s.paper.id not in cited]
    linked = _in_order(exchange.sources, cited) + named
    shown = {source.paper.id for source in linked}
    others = [s for s in exchange.sources if s.paper.id not in shown]
    parts = [
        f'<section class="pc-sources" data-number="{exchange.number}">',
        _sources_head(exchange, len(linked), len(others)),
        *(_card(s, cited.get(s.paper.id, []), exchange.number) for s in linked),
    ]
    if others:
        parts.append(_others(others, exchange, cited=bool(linked)))
    return "".join([*parts, "</section>"])


def _no_sources(exchange: Exchange | None, info: PageInfo) -> str:
    legend = ""
    if exchange is None:
        text = (
            "The papers behind an answer appear here, each with the cited sentences marked in "
            "its abstract."
            if info.papers
            else "There is nothing to search yet."
        )
        head = "Sources"
        legend = _LEGEND if info.papers else ""
    elif exchange.running:
        head, text = "Searching", f"Looking through {counted(info.papers)}."
    elif exchange.status == "failed":
        head, text = "Sources", "The question failed before any paper was found."
    else:
        head, text = "No sources", "No paper matches. Fewer filters may help."
    return (
        f'<section class="pc-sources pc-bare" data-number="{exchange.number if exchange else 0}">'
        f"<h2>{head}</h2><p>{text}</p>{legend}</section>"
    )


def _sources_head(exchange: Exchange, linked: int, others: int) -> str:
    if exchange.abstained and not linked and _far(exchange.sources):
        title, count = "No sources", "no paper here comes near the question"
    elif exchange.abstained and not linked:
        title, count = "Nearest papers", "none of them answers the question"
    elif not linked:
        title = "Papers found"
        count = f"{others} to draw on" if exchange.running else f"{others}, none cited"
    else:
        title = "Sources"
        count = f"{linked} cited" + (f", {others} more found" if others else "")
    return (
        f'<div class="pc-sources-head"><h2>{title}</h2><span>{count}</span>'
        f'<p title="{inert(exchange.question)}">{typeset(exchange.question)}</p></div>'
    )


def _by_marker(citations: Sequence[Citation]) -> dict[str, list[Citation]]:
    """Citations by paper id, papers in order of their first marker."""
    found: dict[str, list[Citation]] = {}
    for citation in sorted(citations, key=lambda c: (c.marker, c.start)):
        found.setdefault(citation.paper.id, []).append(citation)
    return found


def _in_order(given: Sequence[Source], cited: dict[str, list[Citation]]) -> list[Source]:
    """The cited papers' sources in order of their markers, made up where one is missing."""
    known = {source.paper.id: source for source in given}
    return [
        known.get(paper_id) or Source(citations[0].paper, (), cited=True)
        for paper_id, citations in cited.items()
    ]


def _far(found: Sequence[Source]) -> bool:
    """Whether none of the papers has much to do with the question; not where it isn't known."""
    return all(
        source.why.get("cosine", 1.0) < NEAR and source.why.get("late", 0.0) < _MET
        for source in found
    )


def _others(others: Sequence[Source], exchange: Exchange, *, cited: bool) -> str:
    cards = "".join(
        _folded_card(source, card_id(exchange.number, place))
        for place, source in enumerate(others, start=1)
    )
    if cited:
        label = f"Also found, not cited ({len(others)})"
    elif exchange.abstained and _far(others):
        label = f"Nearest papers, none of them close ({len(others)})"
    else:
        return f'<div class="pc-others">{cards}</div>'
    return f'<details class="pc-more"><summary>{label}</summary>{cards}</details>'


def _card(source: Source, citations: Sequence[Citation], number: int) -> str:
    markers = sorted({citation.marker for citation in citations})
    badges = "".join(f'<span class="pc-badge">{marker}</span>' for marker in markers)
    paper = citations[0].paper if citations else source.paper
    return (
        f'<article class="pc-card pc-cited" data-markers="{" ".join(map(str, markers))}">'
        f'<div class="pc-card-head">{badges}<h3>{_title(source.paper)}</h3></div>'
        f"{_meta(source.paper)}"
        f'<p class="pc-abstract">{highlighted(paper, citations, number)}</p>'
        f"{_why(source)}</article>"
    )


def _folded_card(source: Source, anchor: str) -> str:
    paper = source.paper
    return (
        f'<details class="pc-card pc-found" id="{anchor}">'
        f"<summary><h3>{typeset(paper.title)}</h3>{_meta(paper)}</summary>"
        f'<p class="pc-abstract">{typeset(paper.abstract)}</p>{_why(source)}{_out(paper)}</details>'
    )


def _why(source: Source) -> str:
    """Why the search found the paper, in a few words; nothing where there was no search."""
    why = source.why
    reasons = ["the question is about it"] if why.get("focus") else []
    if why.get("late", 0.0) >= _MET:
        reasons.append(f"most words of the question are met ({why['late']:.0%})")
    if why.get("cosine", 0.0) >= NEAR:
        reasons.append(f"near in meaning ({why['cosine']:.2f})")
    if why.get("bm25", 0.0) > 0:
        reasons.append(f"shares words (BM25 {why['bm25']:.1f})")
    return f'<p class="pc-why">Found because: {"; ".join(reasons)}.</p>' if reasons else ""


def _title(paper: Paper) -> str:
    url = safe_url(paper.url)
    title = typeset(paper.title)
    if url is None:
        return title
    return f'<a href="{url}" target="_blank" rel="noopener noreferrer nofollow">{title}</a>'


def _out(paper: Paper) -> str:
    url = safe_url(paper.url)
    if url is None:
        return ""
    link = f'<a href="{url}" target="_blank" rel="noopener noreferrer nofollow">Open the paper</a>'
    return f'<p class="pc-out">{link}</p>'


def _meta(paper: Paper) -> str:
    facts = []
    if paper.date:
        facts.append(_date(paper))
    if paper.authors:
        names = ", ".join(paper.authors[:3])
        facts.append(inert(f"{names} and others" if len(paper.authors) > 3 else names))
    elif paper.n_authors:
        facts.append("1 author" if paper.n_authors == 1 else f"{paper.n_authors} authors")
    if paper.organisation:
        facts.append(inert(paper.organisation))
    if paper.pages:
        label = "page " if len(paper.pages) == 1 else "pages "
        names = ", ".join(short_page(page) for page in paper.pages)
        facts.append(f'<span title="{inert(", ".join(paper.pages))}">{label}{inert(names)}</span>')
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    return f'<ul class="pc-meta">{items}</ul>' if items else ""


def short_page(page: str) -> str:
    """A page's name without what comes after an underscore, which is usually a checksum."""
    head = page.partition("_")[0]
    return head if head and len(page) > 16 else page


def _date(paper: Paper) -> str:
    assert paper.date is not None
    precision = paper.extra.get("date_precision")
    if precision == "year":
        return str(paper.date.year)
    day = "" if precision == "month" else f"{paper.date.day} "
    return f"{day}{paper.date:%b %Y}"


def highlighted(paper: Paper, citations: Sequence[Citation], number: int) -> str:
    """The abstract with each cited sentence in a ``<mark>``; overlapping ones share it.

    The first mark of each marker carries the id that the marker's link points at.
    """
    text = paper.abstract
    parts: list[str] = []
    at = 0
    seen: set[int] = set()
    for start, end, group in _merged(citations, len(text)):
        markers = sorted({citation.marker for citation in group})
        parts.append(typeset(text[at:start]))
        new = [marker for marker in markers if marker not in seen]
        seen.update(markers)
        anchor = f' id="{mark_id(number, new[0])}"' if new else ""
        names = f' data-markers="{" ".join(map(str, markers))}"'
        starts = f' data-starts="{" ".join(str(citation.start) for citation in group)}"'
        parts.append(
            f'<mark{anchor} tabindex="-1"{names}{starts}>{typeset(text[start:end])}</mark>'
        )
        at = end
    return "".join([*parts, typeset(text[at:])])


def _merged(citations: Sequence[Citation], length: int) -> list[tuple[int, int, list[Citation]]]:
    """Spans of the abstract with the citations in each; citations that overlap share one."""
    merged: list[tuple[int, int, list[Citation]]] = []
    for citation in sorted(citations, key=lambda c: (c.start, c.end)):
        start, end = max(0, citation.start), min(length, citation.end)
        if start >= end:
            continue
        if merged and start < merged[-1][1]:
            first, last, group = merged[-1]
            merged[-1] = (first, max(last, end), [*group, citation])
        else:
            merged.append((start, end, [citation]))
    return merged


def safe_url(url: str | None) -> str | None:
    """The address for an attribute where it is a web address, else None."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return inert(url.strip())
