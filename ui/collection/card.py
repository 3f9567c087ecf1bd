"""One paper as a card, and the question that asks about it. Pure."""

from __future__ import annotations

from index.types import Paper
from ui.collection.rows import table
from ui.sources import safe_url, short_page
from ui.typography import inert, typeset

NO_CARD = (
    '<div class="pc-unchosen"><h2>No paper chosen</h2>'
    "<p>Choose a row of the table or a point on the map to read its paper here.</p></div>"
)
GONE = (
    '<div class="pc-unchosen"><h2>This paper is gone</h2>'
    "<p>It was deleted from the store meanwhile.</p></div>"
)


def paper_card(paper: Paper) -> str:
    """Title, what is known, the abstract and a link out, where there is one."""
    url = safe_url(paper.url)
    out = (
        f'<p class="pc-out"><a href="{url}" target="_blank" rel="noopener noreferrer nofollow">'
        "Open the paper</a></p>"
        if url
        else ""
    )
    return (
        f'<article class="pc-card pc-paper" tabindex="0" data-paper="{inert(paper.id)}">'
        f"<h3>{typeset(paper.title)}</h3>{_facts(paper)}"
        f'<p class="pc-abstract">{typeset(paper.abstract)}</p>{out}</article>'
    )


def question_about(paper: Paper) -> str:
    """The question, its quotes those of the title's own text where it has some."""
    title = " ".join(paper.title.split()).replace('"', "'")
    return f'What does "{title}" say?'


def _facts(paper: Paper) -> str:
    (row,) = table([paper])
    facts = [inert(fact) for fact in (row.date, row.authors, row.organisation) if fact]
    if row.pages:
        names = ", ".join(short_page(page) for page in row.pages)
        label = "page" if len(row.pages) == 1 else "pages"
        facts.append(f'<span title="{inert(", ".join(row.pages))}">{label} {inert(names)}</span>')
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    return f'<ul class="pc-meta">{items}</ul>' if items else ""
