"""How the page looks, and its place in the web application."""

from __future__ import annotations

from importlib.resources import files

import gradio as gr
from fastapi import FastAPI

_MAX_UPLOAD = "32mb"


def mount(app: FastAPI, page: gr.Blocks, host: str, port: int) -> None:
    """Puts the page at the application's root. Every font is one that Gradio brings along."""
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
        theme=theme,
        css=asset("page.css"),
    )


def asset(name: str) -> str:
    """The text of a file in ``ui/assets``."""
    return files("ui").joinpath("assets", name).read_text(encoding="utf-8")
