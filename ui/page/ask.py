"""The tab where questions are asked: the chat beside the sources of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.asked import MOST_CHARACTERS
from ui import render, sources
from ui.page.chat import Handlers
from ui.page.events import NOW, QUIET
from ui.page.fields import filter_fields
from ui.page.theme import asset
from ui.site import Site
from ui.view import PageInfo


@dataclass(frozen=True, slots=True)
class AskTab:
    """The tab's parts, and what happens on their events; ``below`` is the row under the box."""

    chat: gr.Chatbot
    box: gr.Textbox
    below: gr.Row
    new: gr.Button
    panel: gr.HTML
    folded: gr.Accordion
    fields: list[gr.components.Component]
    rating: gr.State
    noting: gr.Row
    note: gr.Textbox
    handlers: Handlers

    @property
    def shown(self) -> list[gr.components.Component]:
        """What an answer changes."""
        return [self.box, self.chat, self.panel]


def ask_tab(site: Site) -> AskTab:
    """Lays the tab out, inside the Blocks that are being built."""
    info = site.info()
    with gr.Row(elem_id="pc-main"):
        with gr.Column(scale=5, min_width=320, elem_id="pc-talk"):
            chat = _chat(info, rated=site.conversations is not None)
            rating = gr.State(None)
            with gr.Row(visible=False, elem_id="pc-note") as noting:
                note = gr.Textbox(
                    label="A note on this answer", max_length=2_000, lines=1, submit_btn="Save"
                )
            box = gr.Textbox(
                placeholder="Ask about these papers",
                label="Your question",
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                max_length=MOST_CHARACTERS,
                submit_btn="Ask",
                autofocus=True,
                visible=info.askable,
                elem_id="pc-box",
            )
            with gr.Row(elem_id="pc-below", visible=info.askable) as below:
                folded, fields = filter_fields(info)
                new = gr.Button("New conversation", size="sm", elem_id="pc-new")
        with gr.Column(scale=4, min_width=320, elem_id="pc-panel"):
            panel = gr.HTML(
                sources.panel(None, site.info), elem_id="pc-evidence", js_on_load=asset("page.js")
            )
    handlers = Handlers(site)
    return AskTab(chat, box, below, new, panel, folded, fields, rating, noting, note, handlers)


def _chat(info: PageInfo, *, rated: bool) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="pc-chat",
        label="Questions and answers",
        show_label=False,
        container=False,
        render_markdown=False,
        latex_delimiters=[],
        buttons=[],
        autoscroll=False,  # the script does, and stops where an answer begins
        feedback_options=("Like", "Dislike") if rated else None,
        height=None,
        placeholder=render.welcome(info),
        examples=[{"text": text} for text in render.EXAMPLES] if info.papers else None,
    )


def wire_asking(tab: AskTab, conversation: gr.State, reader: gr.State, *, rated: bool) -> list[Any]:
    """Events of the chat that ask; returns those that a stop cancels."""
    known, handlers = [conversation, reader], tab.handlers
    # A question right after an answer's last word comes before the answer's event has ended.
    often = {**QUIET, "trigger_mode": "multiple"}
    asking = [
        tab.box.submit(handlers.ask, [*known, tab.box, *tab.fields], tab.shown, **often),
        tab.chat.example_select(handlers.pick, [*known, *tab.fields], tab.shown, **QUIET),
        tab.chat.retry(handlers.retry, known, tab.shown, **QUIET),
        tab.panel.submit(handlers.without, known, tab.shown, **QUIET),
    ]
    tab.chat.undo(handlers.undo, [conversation], tab.shown, **NOW)
    tab.panel.edit(handlers.edit, [conversation], [tab.box, tab.folded, *tab.fields], **NOW)
    tab.panel.select(handlers.show, [conversation], [tab.panel], **NOW)
    if rated:
        noted = [tab.rating, tab.noting, tab.note]
        tab.chat.like(handlers.rate, [conversation], noted, **NOW)
        tab.note.submit(handlers.remark, [conversation, tab.rating, tab.note], [tab.noting], **NOW)
    return asking
