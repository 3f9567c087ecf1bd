"""The tab where questions are asked: the chat beside the sources of its answers."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui import render, sources
from ui.page.chat import Handlers
from ui.page.theme import asset
from ui.view import Conversation, PageInfo
from ui.web import MAX_QUESTION, Asker


def ask_tab(assistant: Asker, info: PageInfo) -> None:
    """Lays the tab out and wires it, inside the Blocks that are being built."""
    # A value, which each session gets a copy of. A callable would be called when the page's
    # load event gets its turn: on a busy machine after the first question, which it forgets.
    conversation = gr.State(Conversation())
    with gr.Row(elem_id="pc-main"):
        with gr.Column(scale=5, min_width=320, elem_id="pc-talk"):
            chat = _chat(info)
            box = gr.Textbox(
                placeholder="Ask about these papers",
                label="Your question",
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                max_length=MAX_QUESTION,
                submit_btn="Ask",
                autofocus=True,
                visible=info.papers > 0,
                elem_id="pc-box",
            )
            with gr.Row(elem_id="pc-below", visible=info.papers > 0):
                fields = _filter_fields(info)
                new = gr.Button("New conversation", size="sm", elem_id="pc-new")
        with gr.Column(scale=4, min_width=320, elem_id="pc-panel"):
            panel = gr.HTML(
                sources.panel(None, info), elem_id="pc-evidence", js_on_load=asset("page.js")
            )
    _wire(Handlers(assistant, info), conversation, chat, box, fields, panel, new)


def _chat(info: PageInfo) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="pc-chat",
        show_label=False,
        container=False,
        render_markdown=False,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        height=None,
        placeholder=render.welcome(info),
        examples=[{"text": text} for text in render.EXAMPLES] if info.papers else None,
    )


def _filter_fields(info: PageInfo) -> list[gr.components.Component]:
    with gr.Accordion("Filters", open=False, elem_id="pc-filters"), gr.Row():
        return [
            gr.Textbox(label="From", placeholder="2024-09", max_length=10, value="", min_width=90),
            gr.Textbox(label="Until", placeholder="2025", max_length=10, value="", min_width=90),
            gr.Textbox(
                label="Words in title or abstract",
                placeholder="reward, safety",
                max_length=200,
                value="",
            ),
            gr.Dropdown(
                label="Pages",
                choices=[(sources.short_page(page), page) for page in info.pages],
                multiselect=True,
                value=[],
                min_width=120,
                visible=bool(info.pages),
            ),
        ]


def _wire(
    handlers: Handlers,
    conversation: gr.State,
    chat: gr.Chatbot,
    box: gr.Textbox,
    fields: list[gr.components.Component],
    panel: gr.HTML,
    new: gr.Button,
) -> None:
    shown = [box, chat, panel]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking = box.submit(handlers.ask, [conversation, box, *fields], shown, **quiet)
    picking = chat.example_select(handlers.pick, [conversation, *fields], shown, **quiet)
    # What was on its way when the stream was cut may arrive after the stop's own answer, so the
    # page is drawn once more when both are over.
    for event, handler in ((box.stop, handlers.stop), (new.click, handlers.clear)):
        ended = event(
            handler, [conversation], shown, cancels=[asking, picking], queue=False, **quiet
        )
        ended.then(handlers.redraw, [conversation], shown, queue=False, **quiet)
    panel.select(handlers.show, [conversation], [panel], queue=False, **quiet)
