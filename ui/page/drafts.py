"""The Evals tab's drafted questions: accepted, edited or dropped by whoever serves the page.

On a page with accounts they are neither shown nor decided on: whoever reviews writes files of the
person who serves it, and that person has the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from evals.drafting import reviewing
from evals.drafting.reviewing import Edit
from index.errors import ConfigError
from ui.page.events import NOW
from ui.page.keeping import user_of
from ui.page.theme import asset
from ui.runs.drafts import Draft, done, drafts_markup, list_drafts
from ui.typography import inert

_LONGEST = 4_000  # characters of a field
_SHARED = "Drafts are reviewed where the page is not shared, or in the terminal."


def drafts_section(tab: gr.Tab, folder: Path) -> None:
    """Lays the section out over a folder of cases; nothing is read before the tab is opened."""
    with gr.Column(elem_id="pc-drafts"):
        section = gr.HTML("", js_on_load=asset("drafts.js"))
    reviews = Reviews(folder)
    tab.select(reviews.arrive, None, section, **NOW)
    section.select(reviews.decide, None, section, **NOW)


class Reviews:
    """What happens on the section's events."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def arrive(self, request: gr.Request) -> str:
        """The tab is opened."""
        return "" if user_of(request) else drafts_markup(*list_drafts(self._folder))

    def decide(self, event: gr.EventData, request: gr.Request) -> str:
        """A button was pressed."""
        if user_of(request):
            raise gr.Error(_SHARED, print_exception=False)
        return self.decided(event._data)

    def decided(self, data: Mapping[str, Any]) -> str:
        """The section after a decision that the page sends, or with why it can't be."""
        known = {draft.key: draft for draft in list_drafts(self._folder)[0]}
        draft, act = known.get(str(data.get("draft"))), _ACTS.get(str(data.get("action")))
        told, refused = "This question is not there any more.", True
        if draft is not None and act is not None:
            try:
                told, refused = done(act(draft, data), draft), False
            except ConfigError as error:
                told = f"Not done: {inert(str(error))}"
        drafts, troubles = list_drafts(self._folder)
        return drafts_markup(drafts, troubles, told, refused=refused, opened=True)


def _accept(draft: Draft, data: Mapping[str, Any]) -> str:
    del data
    reviewing.accept(draft.path, draft.case.id)
    return "Accepted"


def _drop(draft: Draft, data: Mapping[str, Any]) -> str:
    del data
    reviewing.drop(draft.path, draft.case.id)
    return "Dropped"


def _edit(draft: Draft, data: Mapping[str, Any]) -> str:
    question, points, strings = (data.get(name) for name in ("question", "points", "strings"))
    written = Edit(_text(question), _lines(points), _lines(strings))
    reviewing.edit(draft.path, draft.case.id, written)
    return "Saved"


_ACTS: dict[str, Callable[[Draft, Mapping[str, Any]], str]] = {
    "accept": _accept,
    "drop": _drop,
    "edit": _edit,
}


def _text(value: object) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) else None


def _lines(value: object) -> tuple[str, ...] | None:
    return tuple(value[:_LONGEST].splitlines()) if isinstance(value, str) else None
