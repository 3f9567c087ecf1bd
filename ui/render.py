"""The page's parts as markup. Pure; every word that is not ours goes through ``typography``.

Nothing here makes an image, a script or a style; links out come from catalogue records only.
"""

from __future__ import annotations

from index.types import Filters
from rag.answering import QUOTING, QUOTING_NUMBERS
from rag.refusing import NEAR, NOT_FOUND
from ui.papers import counted
from ui.prose import card_id, prose
from ui.typography import inert, typeset
from ui.view import Exchange, PageInfo

EXAMPLES = (
    "What changes inside a language model during post-training?",
    "Why must calibrated language models hallucinate?",
    "How can a model learn new tasks without forgetting the old ones?",
    "Can safety training remove a backdoor from a deceptive model?",
)


def header(info: PageInfo) -> str:
    """The page's title line: name, what it is, how many papers, which model."""
    quoting = info.mode == "extractive"
    model = "quotes only, no model" if quoting else f"model {inert(info.model)}"
    return (
        '<header class="pc-header"><div class="pc-brand"><h1>paperchat</h1>'
        "<p>Ask a pile of paper abstracts a question; check every sentence of the answer.</p></div>"
        f'<ul class="pc-facts"><li>{counted(info.papers)}{_years(info)}</li><li>{model}</li></ul>'
        "</header>"
    )


def account(user: str) -> str:
    """Who has logged in, and the way out; nothing on a page without accounts."""
    if not user:
        return ""
    return f'<p class="pc-user"><span>{inert(user)}</span><a href="logout">Sign out</a></p>'


def welcome(info: PageInfo) -> str:
    """What the chat shows before the first question."""
    if info.coming is not None:
        return (
            '<div class="pc-welcome"><h2>The papers are on their way</h2>'
            "<p>This is the first use, so the sample is being read. You can ask already: the "
            "answer comes when all papers are in.</p></div>"
        )
    if info.papers == 0:
        return (
            '<div class="pc-welcome pc-empty"><h2>There are no papers here yet</h2>'
            "<p>Drop files on the Collection tab, or add them in a terminal:</p>"
            "<p><code>paperchat index &#60;file or folder&#62;</code></p></div>"
        )
    return (
        '<div class="pc-welcome"><h2>What do these papers say?</h2>'
        "<p>Every statement links to the sentence it rests on, shown beside the answer in its "
        "abstract. Where the papers have no answer, none is made up.</p></div>"
    )


def coming(info: PageInfo) -> str:
    """How far a new store's papers are; nothing once they are in."""
    state = info.coming
    if state is None:
        return ""
    if state.failed:
        return _note("error", "The sample could not be added", state.failed)
    share = f' value="{state.done}" max="{state.total}"' if state.total else ""
    told = f"{state.done} of {counted(state.total)}" if state.total else "Getting ready"
    return (
        '<div class="pc-coming"><label for="pc-bar">Reading the papers for the first time</label>'
        f'<progress id="pc-bar"{share}></progress><span>{told}</span></div>'
    )


def question(exchange: Exchange) -> str:
    """The asker's message, with a button that takes it back into the box."""
    edit = (
        ""
        if exchange.running
        else f'<button type="button" class="pc-edit" data-number="{exchange.number}"'
        ' data-what="question">Edit</button>'
    )
    return f'<div class="pc-question">{inert(exchange.question)}{edit}</div>'


def answer(exchange: Exchange) -> str:
    """The assistant's message of one exchange, in whatever state it is."""
    if exchange.status == "failed":
        body = _note("error", "This question could not be answered", exchange.error) + _AGAIN
    elif exchange.abstained:
        body = _refusal(exchange)
    else:
        body = prose(exchange.text, exchange.number, exchange.citations, exchange.claims)
    parts = [_understood(exchange), body, _progress(exchange), _footer(exchange)]
    state = "refused" if exchange.abstained else exchange.status
    return f'<div class="pc-answer pc-is-{state}">{"".join(parts)}</div>'


def _years(info: PageInfo) -> str:
    if info.first is None or info.last is None:
        return ""
    first, last = info.first.year, info.last.year
    return f", {first}" if first == last else f", {first} to {last}"


_AGAIN = '<p class="pc-once-more"><button type="button" class="pc-again">Ask again</button></p>'


def _understood(exchange: Exchange) -> str:
    """The question as it was read and the conditions in force, each of which can be changed."""
    chips = [_reading(exchange)] if _read_otherwise(exchange) else []
    chips += [_chip(exchange, field, text) for field, text in filter_chips(exchange.filters)]
    if not chips:
        return ""
    return f'<ul class="pc-chips" aria-label="What was understood">{"".join(chips)}</ul>'


def _read_otherwise(exchange: Exchange) -> bool:
    return bool(exchange.rewritten) and exchange.rewritten.strip() != exchange.question.strip()


def _reading(exchange: Exchange) -> str:
    text = f"Read as: {inert(exchange.rewritten)}"
    return f'<li class="pc-reading">{_changer(exchange, "reading", text, "Ask it otherwise")}</li>'


def _chip(exchange: Exchange, field: str, text: str) -> str:
    drop = (
        f'<button type="button" class="pc-drop" data-number="{exchange.number}"'
        f' data-field="{field}" aria-label="Ask again without: {inert(text)}"'
        ' title="Ask again without this">×</button>'
        if not exchange.running
        else ""
    )
    return f"<li>{_changer(exchange, 'filters', inert(text), 'Change the conditions')}{drop}</li>"


def _changer(exchange: Exchange, what: str, markup: str, title: str) -> str:
    if exchange.running:
        return f"<span>{markup}</span>"
    return (
        f'<button type="button" class="pc-edit" data-number="{exchange.number}"'
        f' data-what="{what}" title="{title}">{markup}</button>'
    )


def filter_chips(filters: Filters) -> list[tuple[str, str]]:
    """Each condition as its field, which ``without_chip`` knows, and a few plain words."""
    chips = []
    if filters.since:
        chips.append(("since", f"from {filters.since.isoformat()}"))
    if filters.until:
        chips.append(("until", f"until {filters.until.isoformat()}"))
    if filters.min_authors is not None:
        chips.append(("min_authors", f"at least {filters.min_authors} authors"))
    if filters.max_authors is not None:
        chips.append(("max_authors", f"at most {filters.max_authors} authors"))
    chips += [(f"pages-{i}", f"page {page}") for i, page in enumerate(filters.pages)]
    chips += [(f"words-{i}", f"with “{word}”") for i, word in enumerate(filters.words)]
    return chips


def without_chip(filters: Filters, field: str) -> Filters:
    """The conditions without this one; all of them where there is no such field."""
    known = {
        name: getattr(filters, name)
        for name in ("since", "until", "min_authors", "max_authors", "pages", "words")
    }
    name, _, place = field.partition("-")
    if name not in known:
        return filters
    if not place:
        return Filters(**{**known, name: None if name not in ("pages", "words") else ()})
    left = tuple(value for i, value in enumerate(known[name]) if str(i) != place)
    return Filters(**{**known, name: left})


def _refusal(exchange: Exchange) -> str:
    found = exchange.answer
    text = exchange.text or (found.reason if found else "") or ""
    text = text.removeprefix(f"{NOT_FOUND} ")  # the heading says it
    body = prose(text, exchange.number, exchange.citations, exchange.claims)
    # What the text quotes already needs no list, and what is far off is no help.
    offered = () if exchange.citations else exchange.sources[:3]
    near = "".join(
        f'<li><a class="pc-near" href="#{card_id(exchange.number, place)}"'
        f' data-number="{exchange.number}" data-card="{card_id(exchange.number, place)}">'
        f"{typeset(source.paper.title)}</a></li>"
        for place, source in enumerate(offered, start=1)
        if source.why.get("cosine", 1.0) >= NEAR
    )
    nearest = f"<h4>The nearest papers</h4><ul>{near}</ul>" if near else ""
    return (
        f'<div class="pc-refusal" role="note"><h3>No clear answer found</h3>{body}{nearest}</div>'
    )


def _note(kind: str, title: str, text: str) -> str:
    lines = "".join(f"<p>{inert(line)}</p>" for line in text.splitlines() if line.strip())
    return f'<div class="pc-note pc-{kind}" role="note"><h3>{title}</h3>{lines}</div>'


def _progress(exchange: Exchange) -> str:
    texts = {
        "searching": "Searching the papers",
        "reading": f"Reading {counted(len(exchange.sources))}",
        "writing": "Writing",
    }
    if exchange.status in texts:
        return f'<p class="pc-progress"><i></i>{texts[exchange.status]}</p>'
    if exchange.status == "stopped":
        return '<p class="pc-stopped">Stopped. What is above may be incomplete.</p>'
    return ""


def _notice(notice: str) -> str:
    """What is to be known of the text; all but that it is quoted came otherwise than expected."""
    kind = "pc-notice" if notice in (QUOTING, QUOTING_NUMBERS) else "pc-notice pc-amiss"
    return f'<p class="{kind}">{typeset(notice)}</p>'


def _footer(exchange: Exchange) -> str:
    found = exchange.answer
    if found is None:
        return ""
    # What a quoting model says of its quotes has no place under a refusal, which says it itself.
    quoting = (QUOTING, QUOTING_NUMBERS) if found.abstained else ()
    told = [notice for notice in found.notices if notice not in quoting]
    notices = "".join(_notice(notice) for notice in told)
    facts = []
    if not found.abstained:
        n = len({citation.paper.id for citation in found.citations})
        facts.append(f"{counted(n)} cited")
        facts.append("quoted, no model" if found.mode == "extractive" else inert(found.model))
    if found.timings_ms.total >= 50:
        facts.append(f"{found.timings_ms.total / 1000:.1f} s")
    copy = (
        f'<button type="button" class="pc-copy" data-copy="{inert(str(found))}">Copy</button>'
        if not found.abstained
        else ""
    )
    show = (
        f'<button type="button" class="pc-show" data-number="{exchange.number}">Sources</button>'
        if found.sources
        else ""
    )
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    acts = f'<div class="pc-acts">{show}{copy}</div>'
    return f'{notices}<div class="pc-foot"><ul>{items}</ul>{acts}</div>'
