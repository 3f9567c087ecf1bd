"""The page as a whole: title line, sidebar and tabs, and what passes between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from ui import render
from ui.page.ask import AskTab, ask_tab, wire_asking
from ui.page.collection import collection_tab, wire_collection, wire_news
from ui.page.coming import coming_bar, wire_coming
from ui.page.events import NOW
from ui.page.keeping import user_of
from ui.page.rescue import offered, rescue, wire_rescue
from ui.page.runs import runs_tab
from ui.page.settings import settings_tab, wire_settings
from ui.page.sidebar import Kept, Sidebar, sidebar, wire_kept
from ui.site import Reader, Site
from ui.view import Conversation

_CONCURRENT, _QUEUED, _SESSIONS = 64, 256, 500
_QUICK = 32  # threads for all that isn't an answer; each answer holds one while it waits for words
_LEFT_BEHIND = (3_600, 86_400)  # seconds: how often uploads that nobody took are looked for, and
# from which age on they are deleted; those of an addition are, once it has ended


def build(site: Site) -> gr.Blocks:
    """The page as Gradio blocks, with its theme, style and script attached by the server."""
    page = gr.Blocks(
        title="paperchat", analytics_enabled=False, fill_width=True, delete_cache=_LEFT_BEHIND
    )
    with page:
        # Values, which each session gets a copy of. A callable would be called when the page's
        # load event gets its turn: on a busy machine after the first question, which it forgets.
        conversation, reader = gr.State(Conversation()), gr.State(Reader())
        with gr.Row(elem_id="pc-head"):
            header = gr.HTML(render.header(site.info()), elem_id="pc-top", js_on_load=None)
            account = gr.HTML(visible=False, elem_id="pc-account", js_on_load=None)
        side = sidebar() if site.conversations is not None else None
        with gr.Tabs(elem_id="pc-tabs") as tabs:
            with gr.Tab("Ask", id="ask"):
                bar = coming_bar(site)
                line = rescue() if site.start else None
                tab = ask_tab(site)
            shelf = collection_tab(site) if site.library is not None else None
            if site.runs is not None:
                runs_tab(site.runs)
            settings = settings_tab(site, site.start) if site.start else None
        kept = (side, Kept(site.conversations)) if side and site.conversations else None
        asking = wire_asking(tab, conversation, reader, rated=kept is not None)
        if line and settings:
            wire_settings(settings, reader, header)
            asking += wire_rescue(line, settings, tabs, (tab, conversation, reader, header))
        drawn = _wire(page, tab, conversation, asking, kept)
        for event in drawn:
            if line:
                event.then(offered, [conversation], [line.row], **NOW)
        grown = bar.arrived.change
        added = wire_collection(shelf, site, tabs, tab, conversation, grown) if shelf else None
        wire_coming(page, bar, site)
        news: list[Callable[..., Any]] = [grown, *([added.then] if added else [])]
        wire_news(page, site, (header, tab, conversation, reader), shelf, news)
        page.load(lambda reader: render.header(site.seen_by(reader)), reader, header, **NOW)
        page.load(_account, None, account, **NOW)
    page.max_threads = _CONCURRENT + _QUICK
    page.queue(default_concurrency_limit=_CONCURRENT, max_size=_QUEUED, api_open=False)
    page.state_session_capacity = _SESSIONS
    return page


def _account(request: gr.Request) -> gr.HTML:
    user = user_of(request)
    return gr.HTML(render.account(user), visible=bool(user))


def _wire(
    page: gr.Blocks,
    tab: AskTab,
    conversation: gr.State,
    asking: list[Any],
    kept: tuple[Sidebar, Kept] | None,
) -> list[Any]:
    """Returns the events after which the last answer is another."""
    redraw = tab.handlers.redraw

    def clear(conversation: Conversation) -> tuple[Any, ...]:
        conversation.clear()
        return redraw(conversation)

    # What was on its way when the stream was cut may arrive after the stop's own answer, so the
    # page is drawn once more when both are over.
    ended = []
    for event, handler in ((tab.box.stop, tab.handlers.stop), (tab.new.click, clear)):
        cut = event(handler, [conversation], tab.shown, cancels=asking, **NOW)
        ended.append(cut.then(redraw, [conversation], tab.shown, **NOW))
    if kept is None:
        return [*asking, *ended]
    side, handlers = kept
    for event in (*asking, *ended):
        event.then(handlers.list, [conversation, side.search], side.kept, **NOW)

    def choose(conversation: Conversation, key: str | None, request: gr.Request) -> tuple[Any, ...]:
        handlers.open(conversation, key, request)
        return redraw(conversation)

    def arrive(conversation: Conversation, request: gr.Request) -> tuple[Any, ...]:
        # A question may have been asked before this came to its turn.
        if not len(conversation):
            handlers.open(conversation, request.query_params.get("c"), request)
        return (*redraw(conversation), handlers.list(conversation, "", request))

    drawn = [side.kept.input(choose, [conversation, side.kept], tab.shown, cancels=asking, **NOW)]
    for event in wire_kept(side, handlers, conversation):
        drawn.append(event.then(redraw, [conversation], tab.shown, **NOW))
        drawn[-1].then(handlers.list, [conversation, side.search], side.kept, **NOW)
    drawn.append(page.load(arrive, [conversation], [*tab.shown, side.kept], **NOW))
    return [*asking, *ended, *drawn]
