"""The kept conversations: a list to open from, rename, delete and export."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from index.errors import PaperchatError
from ui.conversations.exporting import as_bibtex, as_markdown, as_ris, cited_papers
from ui.conversations.store import ConversationStore
from ui.page.events import NOW
from ui.page.keeping import user_of
from ui.view import Conversation

_SHOWN = 200  # conversations in the list; older ones are found by searching
_FORMATS = {"Markdown": "md", "BibTeX": "bib", "RIS": "ris"}
# The text goes to the browser, which makes the file: none lies about on the server.
_SAVE = """(payload) => {
  if (!payload) return;
  const {name, text} = JSON.parse(payload);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: "text/plain;charset=utf-8"}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}"""


@dataclass(frozen=True, slots=True)
class Sidebar:
    """The sidebar's parts."""

    search: gr.Textbox
    kept: gr.Radio
    rename: gr.Button
    delete: gr.Button
    naming: gr.Row
    title: gr.Textbox
    deleting: gr.Row
    sure: gr.Button
    spare: gr.Button
    export: gr.Dropdown
    payload: gr.Textbox


def sidebar() -> Sidebar:
    """Lays the sidebar out."""
    with gr.Sidebar(label="Conversations", open=False, width=280, elem_id="pc-side"):
        bare: dict[str, Any] = {"show_label": False, "container": False}
        search = gr.Textbox(
            placeholder="Search conversations",
            label="Search conversations",
            max_length=200,
            elem_id="pc-find",
            **bare,
        )
        listed = gr.Radio(choices=[], label="Conversations", elem_id="pc-kept", **bare)
        with gr.Row(elem_id="pc-manage"):
            rename = gr.Button("Rename", size="sm", min_width=60)
            delete = gr.Button("Delete", size="sm", min_width=60)
        with gr.Row(visible=False) as naming:
            title = gr.Textbox(
                label="New title (Enter saves it)", max_length=200, elem_id="pc-title"
            )
        with gr.Row(visible=False) as deleting:
            sure = gr.Button("Delete it for good", size="sm", variant="stop", elem_id="pc-sure")
            spare = gr.Button("Keep it", size="sm")
        export = gr.Dropdown(
            choices=list(_FORMATS), value=None, label="Export as", elem_id="pc-export"
        )
        payload = gr.Textbox(visible=False)
    return Sidebar(
        search, listed, rename, delete, naming, title, deleting, sure, spare, export, payload
    )


def wire_kept(side: Sidebar, handlers: Kept, conversation: gr.State) -> list[Any]:
    """Events that concern the list alone; returns those after which the chat is another."""
    side.search.change(handlers.list, [conversation, side.search], side.kept, **NOW)
    side.rename.click(handlers.offer_name, [conversation], [side.naming, side.title], **NOW)
    named = [conversation, side.title, side.search]
    side.title.submit(handlers.rename, named, [side.naming, side.kept], **NOW)
    side.delete.click(lambda c: gr.Row(visible=bool(c.key)), [conversation], side.deleting, **NOW)
    side.spare.click(lambda: gr.Row(visible=False), None, side.deleting, **NOW)
    wanted, given = [conversation, side.export], [side.payload, side.export]
    exporting = side.export.input(handlers.export, wanted, given, **NOW)
    exporting.then(None, [side.payload], None, js=_SAVE, **NOW)
    return [side.sure.click(handlers.delete, [conversation], [side.deleting], **NOW)]


class Kept:
    """What happens on the sidebar's events."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def list(self, conversation: Conversation, search: str, request: gr.Request) -> gr.Radio:
        """The conversations, newest first, the open one chosen."""
        try:
            found = self._store.list(user_of(request), limit=_SHOWN, search=search.strip())
        except PaperchatError as error:
            gr.Warning(str(error))
            return gr.Radio()
        choices = [(summary.title, summary.id) for summary in found]
        known = any(key == conversation.key for _, key in choices)
        return gr.Radio(choices=choices, value=conversation.key if known else None)

    def open(self, conversation: Conversation, key: str | None, request: gr.Request) -> bool:
        """Makes the conversation that one; whether there is such a one."""
        if not key or key == conversation.key:
            return False
        try:
            found = self._store.load(user_of(request), key)
        except PaperchatError as error:
            gr.Warning(str(error))
            return False
        conversation.become(found)
        return True

    def offer_name(self, conversation: Conversation, request: gr.Request) -> tuple[Any, Any]:
        """Opens the field for a new title."""
        found = self._store.list(user_of(request), limit=_SHOWN, search="")
        titles = [summary.title for summary in found if summary.id == conversation.key]
        return gr.Row(visible=bool(titles)), gr.Textbox(value=titles[0] if titles else "")

    def rename(
        self, conversation: Conversation, title: str, search: str, request: gr.Request
    ) -> tuple[Any, Any]:
        """The open conversation gets this title."""
        if conversation.key and title.strip():
            self._store.rename(user_of(request), conversation.key, title.strip())
        return gr.Row(visible=False), self.list(conversation, search, request)

    def delete(self, conversation: Conversation, request: gr.Request) -> gr.Row:
        """The open conversation goes for good."""
        if conversation.key:
            self._store.delete(user_of(request), conversation.key)
            conversation.clear()
        return gr.Row(visible=False)

    def export(
        self, conversation: Conversation, wanted: str, request: gr.Request
    ) -> tuple[str, gr.Dropdown]:
        """The conversation, or the papers it cites, as a file for the browser to save."""
        if not len(conversation) or wanted not in _FORMATS:
            gr.Info("There is nothing to export yet.", duration=3)
            return "", gr.Dropdown(value=None)
        name = f"paperchat.{_FORMATS[wanted]}"
        found = self._store.list(user_of(request), limit=_SHOWN, search="")
        title = next((s.title for s in found if s.id == conversation.key), "Conversation")
        papers = cited_papers(conversation)
        write: dict[str, Callable[[], str]] = {
            "Markdown": lambda: as_markdown(title, conversation),
            "BibTeX": lambda: as_bibtex(papers),
            "RIS": lambda: as_ris(papers),
        }
        return json.dumps({"name": name, "text": write[wanted]()}), gr.Dropdown(value=None)
