"""How the page looks, and its place in the web application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from importlib.resources import files

import gradio as gr
from fastapi import FastAPI

_MAX_UPLOAD = "32mb"
_SHEETS = ("page.css", "coming.css", "collection.css", "runs.css", "drafts.css", "settings.css")


Check = Callable[[str, str], Awaitable[bool]]
"""Whether this name has this password."""


def mount(
    app: FastAPI, page: gr.Blocks, host: str, port: int, check: Check | None = None
) -> Callable[[Mapping[str, str]], str | None]:
    """Puts the page at the application's root. Every font is one that Gradio brings along.

    With ``check``, visitors have to log in. Returns what tells from a visitor's cookies who it is.
    """
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        body_background_fill="#f7f5f0",
        body_background_fill_dark="#16181b",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        input_placeholder_color="#5d6168",  # Gradio's own is too pale to read for many
        input_placeholder_color_dark="#a2a6ad",
    )
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=host,
        server_port=port,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=_MAX_UPLOAD,
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        mcp_server=False,
        auth=check,
        auth_message=f"<style>{asset('login.css')}</style>{asset('login.html')}",
        theme=theme,
        css="".join(asset(name) for name in _SHEETS),
    )
    return partial(_visitor, getattr(app.routes[-1], "app"))  # noqa: B009 - Gradio's application


def _visitor(gradio: gr.routes.App, cookies: Mapping[str, str]) -> str | None:
    """The account that Gradio takes the visitor for; as its ``get_current_user`` tells it."""
    names = (f"access-token-{gradio.cookie_id}", f"access-token-unsecure-{gradio.cookie_id}")
    token = next((cookies[name] for name in names if cookies.get(name)), None)
    return gradio.tokens.get(token)


def asset(name: str) -> str:
    """The text of a file in ``ui/assets``."""
    return files("ui").joinpath("assets", name).read_text(encoding="utf-8")
