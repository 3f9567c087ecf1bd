"""The Collection tab: a table, the papers by month, a map of topics, one paper's card, and a place
to drop files. Nothing is read for it before it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components.chatbot import ExampleMessage

from rag.asked import MOST_CHARACTERS
from ui import render, sources
from ui.collection.card import NO_CARD
from ui.page.ask import AskTab
from ui.page.events import NOW, QUIET
from ui.page.fields import page_choices
from ui.page.shelf import HEADERS, NEVER, ORDERS, Shelf
from ui.page.theme import asset
from ui.site import Site
from ui.view import Conversation, PageInfo

_FOCUS = """() => setTimeout(() => {
  const box = document.querySelector("#pc-box textarea");
  box?.focus();
  box?.setSelectionRange(box.value.length, box.value.length);
}, 60)"""
_DROP = (
    '<div class="pc-dropping"><h2>Add papers</h2><p>Saved Daily Papers pages, arXiv Atom or '
    "snapshot files, JSON, JSONL, CSV or BibTeX, up to 32 MB each.</p></div>"
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The fields that narrow and order the table."""

    find: gr.Textbox
    since: gr.Textbox
    until: gr.Textbox
    pages: gr.Dropdown
    order: gr.Dropdown

    @property
    def all(self) -> list[gr.components.Component]:
        """In the order in which handlers take them."""
        return [self.find, self.since, self.until, self.pages, self.order]


@dataclass(frozen=True, slots=True)
class CollectionTab:
    """The tab's parts; ``acts`` holds what can be done with the chosen paper."""

    opened: gr.Tab
    fields: Narrowing
    count: gr.HTML
    table: gr.Dataframe
    months: gr.HTML
    told: gr.HTML
    map: gr.HTML
    card: gr.HTML
    acts: gr.Row
    ask: gr.Button
    close: gr.Button
    drop: gr.File
    halt: gr.Button
    report: gr.HTML


def collection_tab(site: Site) -> CollectionTab:
    """Lays the tab out, inside the Tabs that are being built."""
    with (
        gr.Tab("Collection", id="collection") as opened,
        gr.Row(elem_id="pc-collection"),
    ):
        with gr.Column(scale=5, min_width=320, elem_id="pc-browse"):
            with gr.Row(elem_id="pc-narrow"):
                fields = _fields(site.info())
            count = _part("pc-count")
            table = _table()
            with gr.Column(elem_id="pc-figures"):
                months, told, drawn = _part("pc-months"), _part("pc-map-told"), _part("pc-topics")
        with gr.Column(scale=4, min_width=320, elem_id="pc-beside"):
            with gr.Column(elem_id="pc-chosen"):
                card = _part("pc-card", NO_CARD)
                with gr.Row(elem_id="pc-with-paper", visible=False) as acts:
                    ask = gr.Button("Ask about this paper", variant="primary", elem_id="pc-about")
                    close = gr.Button("Close", elem_id="pc-close")
            with gr.Column(elem_id="pc-adding"):
                gr.HTML(_DROP, js_on_load=None)
                drop = gr.File(
                    label="Drop files here to add papers",
                    file_count="multiple",
                    height=84,
                    elem_id="pc-drop",
                )
                report = _part("pc-report")
                halt = gr.Button("Stop adding", size="sm", visible=False, elem_id="pc-halt")
    return CollectionTab(
        opened, fields, count, table, months, told, drawn,
        card, acts, ask, close, drop, halt, report,
    )  # fmt: skip


def _part(name: str, value: str = "") -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=asset("collection.js"))


def _fields(info: PageInfo) -> Narrowing:
    return Narrowing(
        gr.Textbox(
            label="Find papers",
            placeholder="title, text or name",
            max_length=200,
            value="",
            min_width=180,
            scale=3,
            elem_id="pc-words",
        ),
        gr.Textbox(label="From", placeholder="2024-09", max_length=10, value="", min_width=80),
        gr.Textbox(label="Until", placeholder="2025", max_length=10, value="", min_width=80),
        gr.Dropdown(
            label="Pages",
            choices=page_choices(info),
            multiselect=True,
            value=[],
            min_width=110,
            visible=bool(info.pages),
        ),
        gr.Dropdown(label="Order", choices=list(ORDERS), value=next(iter(ORDERS)), min_width=110),
    )


def _table() -> gr.Dataframe:
    return gr.Dataframe(
        headers=list(HEADERS),
        datatype=["str", "str", "number", "str", "number"],
        column_widths=["50%", "15%", "13%", "11%", "11%"],
        label="Papers",
        show_label=False,
        interactive=False,
        wrap=True,
        buttons=[],
        max_height=400,
        elem_id="pc-table",
    )


def wire_collection(
    tab: CollectionTab,
    site: Site,
    tabs: gr.Tabs,
    ask: AskTab,
    conversation: gr.State,
    grown: Callable[..., Any],
) -> gr.events.Dependency:
    """Makes the tab work; returns the event after which there are more papers.

    ``grown`` is one that tells of papers that came otherwise.
    """
    assert site.library is not None
    shelf = Shelf(site.library, site.info)
    ids, chosen = gr.State(()), gr.State("")
    seen, listed, mapped = (gr.State(NEVER) for _ in range(3))
    rows = [tab.count, tab.table, ids]
    fields = tab.fields

    def settle(listing: gr.events.Dependency) -> gr.events.Dependency:
        shown = [tab.count, *fields.all]
        settled: gr.events.Dependency = listing.then(shelf.settle, shown, rows, **NOW)
        return settled

    def follow(opening: gr.events.Dependency) -> None:
        known = [seen, listed, *fields.all]
        again = settle(opening.then(shelf.relist, known, [*rows, listed], **NOW))
        again.then(shelf.draw, [seen, mapped], [tab.told, tab.map, mapped], **QUIET)

    follow(tab.opened.select(shelf.open, [seen], [tab.months, seen], **NOW))
    since, until = fields.since, fields.until
    narrowing = [fields.find.change, fields.pages.input, fields.order.input]
    narrowing += [since.submit, since.blur, until.submit, until.blur]
    settle(gr.on(narrowing, shelf.narrow, fields.all, rows, trigger_mode="always_last", **NOW))
    settle(tab.months.select(shelf.month, fields.all, [since, until, *rows], **NOW))

    shown = [tab.card, tab.acts, chosen]
    tab.table.select(shelf.choose_row, [ids], shown, **NOW)
    tab.map.select(shelf.choose_mark, None, shown, **NOW)
    tab.close.click(lambda: (NO_CARD, gr.Row(visible=False), ""), None, shown, **NOW)

    def about(chosen: str, conversation: Conversation) -> tuple[Any, Any]:
        question = shelf.question(chosen)
        if not question:
            return gr.skip(), gr.skip()
        conversation.replacing = conversation.adjusting = None
        return gr.Tabs(selected="ask"), gr.Textbox(value=question[:MOST_CHARACTERS])

    asked = tab.ask.click(about, [chosen, conversation], [tabs, ask.box], **NOW)
    asked.then(None, None, None, js=_FOCUS, **NOW)

    # As Gradio sends it: its own way of reading it leaves an empty file behind for each.
    added = tab.drop.upload(
        shelf.add, [tab.drop], [tab.report, tab.drop, tab.halt], preprocess=False, **QUIET
    )
    tab.halt.click(shelf.halt, None, None, **NOW)
    follow(added.then(shelf.open, [seen], [tab.months, seen], **NOW))
    follow(grown(shelf.renew, [seen], [tab.months, seen], **NOW))
    return added


def wire_news(
    page: gr.Blocks,
    site: Site,
    told: tuple[gr.HTML, AskTab, gr.State, gr.State],
    tab: CollectionTab | None,
    events: Sequence[Callable[..., Any]],
) -> None:
    """What the page says of the papers, told anew when it is opened and after these events.

    The page was built once: over an empty store it has no box to ask in until there are papers.
    ``told``: the header, the Ask tab, the conversation and the reader.
    """
    built = site.info()
    header, ask, conversation, reader = told
    pages = [ask.fields[-1], *([tab.fields.pages] if tab else [])]
    parts = [ask.box, ask.below, ask.chat, ask.panel, *pages]

    def news(conversation: Conversation) -> tuple[Any, ...]:
        info = site.info()
        some = info.askable
        return (
            gr.Textbox(visible=some),
            gr.Row(visible=some),
            gr.Chatbot(placeholder=render.welcome(info), examples=_examples(info)),
            gr.skip() if len(conversation) else sources.panel(None, site.info),
            *(gr.Dropdown(choices=page_choices(info), visible=bool(info.pages)) for _ in pages),
        )

    def arrive(conversation: Conversation) -> tuple[Any, ...]:
        info = site.info()
        if (info.papers > 0) == (built.papers > 0) and info.pages == built.pages:
            return (gr.skip(),) * len(parts)
        return news(conversation)

    page.load(arrive, [conversation], parts, **NOW)
    for event in events:
        event(news, [conversation], parts, **NOW)
        event(lambda reader: render.header(site.seen_by(reader)), reader, header, **NOW)


def _examples(info: PageInfo) -> list[ExampleMessage]:
    """The questions to begin with, where there is anything to ask about."""
    return [{"text": text} for text in render.EXAMPLES] if info.papers else []
