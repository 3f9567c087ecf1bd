"""The bar of a new store's papers: it moves by itself, and the page is usable when it is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui import render
from ui.page.events import QUIET
from ui.site import Site

_EVERY = 0.7  # seconds


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar's parts. ``arrived`` changes when all papers are in."""

    shown: gr.HTML
    clock: gr.Timer
    arrived: gr.State


def coming_bar(site: Site) -> Bar:
    """Lays the bar out; where nothing is coming it takes no room."""
    info = site.info()
    there = info.coming is not None
    shown = gr.HTML(render.coming(info), visible=there, elem_id="pc-coming", js_on_load=None)
    return Bar(shown, gr.Timer(_EVERY, active=there), gr.State(-1))


def wire_coming(page: gr.Blocks, bar: Bar, site: Site) -> None:
    """Moves the bar while papers come."""
    if site.info().coming is None:
        return  # what is full when the page is built stays so

    def look() -> tuple[Any, ...]:
        info = site.info()
        markup = render.coming(info)
        moving = info.coming is not None and not info.coming.failed
        return (
            gr.HTML(value=markup, visible=bool(markup)),
            gr.Timer(active=moving),
            gr.skip() if moving else info.papers,
        )

    # In the queue: past it, the change of a state is not told of.
    parts = [bar.shown, bar.clock, bar.arrived]
    bar.clock.tick(look, None, parts, **QUIET)
    page.load(look, None, parts, **QUIET)
