"""A conversation as the messages that Gradio's chat shows."""

from __future__ import annotations

from typing import Any

from ui import render
from ui.view import Conversation


def messages(conversation: Conversation) -> list[dict[str, Any]]:
    """A question and an answer for each exchange, oldest first."""
    shown: list[dict[str, Any]] = []
    for exchange in conversation:
        question = render.question(exchange)
        shown.append({"role": "user", "content": _content(question)})
        answer = conversation.markup(exchange, render.answer)
        shown.append({"role": "assistant", "content": _content(answer)})
    return shown


def _content(markup: str) -> dict[str, Any]:
    """The markup as Gradio describes a gr.HTML; building one for each token would be slow.

    Only what differs from the defaults of the page's script: Gradio copies all of it for each
    message of a conversation whenever a word comes. Plain text as content is no way out: even with
    Markdown off, Gradio takes it for HTML.
    """
    return {
        "type": "component",
        "component": "html",
        "value": markup,
        "constructor_args": {},
        "props": {"container": False, "padding": False},
    }
