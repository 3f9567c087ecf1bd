"""The page as a whole: its title line above its parts."""

from __future__ import annotations

import gradio as gr

from ui import render
from ui.page.ask import ask_tab
from ui.view import PageInfo
from ui.web import Asker

_CONCURRENT, _QUEUED, _SESSIONS = 64, 256, 500


def build(assistant: Asker, info: PageInfo) -> gr.Blocks:
    """The page as Gradio blocks, with its theme, style and script attached by the server."""
    page = gr.Blocks(title="paperchat", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(render.header(info), elem_id="pc-top", js_on_load=None)
        ask_tab(assistant, info)
    page.queue(default_concurrency_limit=_CONCURRENT, max_size=_QUEUED, api_open=False)
    page.state_session_capacity = _SESSIONS
    return page
