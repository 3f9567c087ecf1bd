"""A line above the chat where a language model failed: quotes instead, or other settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.page.ask import AskTab
from ui.page.events import NOW, QUIET
from ui.page.settings import SettingsTab
from ui.site import INSTEAD
from ui.view import Conversation


@dataclass(frozen=True, slots=True)
class Rescue:
    """The line's parts."""

    row: gr.Row
    quotes: gr.Button
    settings: gr.Button


def rescue() -> Rescue:
    """Lays the line out; it isn't there until a model fails."""
    with gr.Row(visible=False, elem_id="pc-rescue") as row:
        gr.HTML('<p role="status">The language model could not answer.</p>', js_on_load=None)
        quotes = gr.Button(
            "Answer with quotes only", size="sm", min_width=180, elem_id="pc-instead"
        )
        settings = gr.Button("Settings", size="sm", min_width=90)
    return Rescue(row, quotes, settings)


def wire_rescue(
    line: Rescue,
    settings: SettingsTab,
    tabs: gr.Tabs,
    asked: tuple[AskTab, gr.State, gr.State, gr.HTML],
) -> list[Any]:
    """Events of the line; returns the one that asks. ``asked``: the tab, the conversation, the
    reader and the page's title line.

    While an answer is on its way, the style hides the line: an event would race with its end.
    """
    tab, conversation, reader, header = asked
    line.settings.click(lambda: gr.Tabs(selected="settings"), None, tabs, **NOW)
    chosen = line.quotes.click(settings.chooser.quotes, **settings.to_quotes(reader, header), **NOW)
    return [chosen.then(tab.handlers.retry, [conversation, reader], tab.shown, **QUIET)]


def offered(conversation: Conversation) -> gr.Row:
    """The line, where the last question failed and quotes would have done."""
    last = conversation.last
    failed = last is not None and last.status == "failed" and last.error.endswith(INSTEAD)
    return gr.Row(visible=failed)
