"""What happens in the chat: questions streamed into it, stopped, asked again, taken back.

No component is made here but those that Gradio takes as updates.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from index.errors import ConfigError, PaperchatError
from index.types import Filters
from rag.asked import MOST_CHARACTERS
from ui import render, sources
from ui.page.fields import Field, Given, read, shown_filters
from ui.page.keeping import Keeper, user_of
from ui.page.messages import messages
from ui.site import Reader, Site
from ui.view import Conversation, Exchange, Status, advance

_REFRESH_S = 0.03  # between two sendings of an answer while it streams, at least
_SENDINGS = 50  # a second, of all answers that stream: what two cores can bear
_LONGEST_NOTE = 2_000
_BROKEN = (
    "Something went wrong that should not have. The terminal that runs paperchat shows what it "
    "was; asking again may help."
)
_log = logging.getLogger(__name__)

Shown = tuple[Any, ...]
"""The box, the chat and the panel."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: ``given`` are the filters, or the fields that hold them."""

    text: str
    given: Filters | Given
    understood: bool = True


class Handlers:
    """What happens on the chat's events. Holds nothing of any one visitor."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._keeper = Keeper(site.conversations)
        self._streaming: set[object] = set()  # one for each answer on its way

    # Asking

    # Gradio counts its own arguments by place, so these come before the fields.
    def pick(
        self, chosen: gr.SelectData, request: gr.Request,
        conversation: Conversation, reader: Reader, *fields: Field,
    ) -> Iterator[Shown]:  # fmt: skip
        """An example question was clicked."""
        asked = _Question(chosen.value["text"], Given.of(fields))
        yield from self._ask(conversation, reader, asked, user_of(request))

    def ask(
        self, request: gr.Request,
        conversation: Conversation, reader: Reader, text: str, *fields: Field,
    ) -> Iterator[Shown]:  # fmt: skip
        """Streams an answer into the chat and its evidence into the panel."""
        understood = conversation.adjusting is None
        asked = _Question((text or "").strip(), Given.of(fields), understood)
        yield from self._ask(conversation, reader, asked, user_of(request))

    def retry(
        self, conversation: Conversation, reader: Reader, request: gr.Request
    ) -> Iterator[Shown]:
        """The last question once more, in place of its answer."""
        last = conversation.last
        if last is None or last.running:
            yield self._idle()
            return
        conversation.replacing = last.number
        asked = _Question(last.question, last.given, last.understood)
        yield from self._ask(conversation, reader, asked, user_of(request))

    def without(
        self, conversation: Conversation, reader: Reader, chosen: gr.EventData, request: gr.Request
    ) -> Iterator[Shown]:
        """A condition was taken off: the question again, with the others."""
        found = _chosen(conversation, chosen)
        if found is None:
            yield self._idle()
            return
        left = render.without_chip(found.filters, str(chosen._data.get("field")))
        asked = _Question(found.question, left, understood=False)
        yield from self._ask(conversation, reader, asked, user_of(request))

    def _ask(
        self, conversation: Conversation, reader: Reader, asked: _Question, user: str
    ) -> Iterator[Shown]:
        if not asked.text or (conversation.last and conversation.last.running):
            yield self._idle()
            return
        if conversation.replacing is not None:
            self._keeper.drop_from(user, conversation, conversation.replacing)
        conversation.replacing = conversation.adjusting = None
        given = asked.given if isinstance(asked.given, Filters) else None
        text = asked.text[: MOST_CHARACTERS + 1]
        exchange = conversation.begin(text, given, understood=asked.understood)
        yield self._shown(conversation, exchange)
        shown_at, evidence, markup = time.monotonic(), None, ""
        self._streaming.add(mine := object())
        try:
            for latest in self._follow(exchange, conversation, reader, asked):
                going_on, exchange = exchange.status == latest.status, latest
                pause = max(_REFRESH_S, len(self._streaming) / _SENDINGS)
                if not exchange.running or (going_on and time.monotonic() - shown_at < pause):
                    continue
                known = (exchange.sources, exchange.citations, exchange.status)
                if known != evidence:
                    evidence, markup = known, self._panel(conversation, exchange)
                box, *others = self._shown(conversation, exchange, markup)
                yield gr.skip() if going_on else box, *others
                shown_at = time.monotonic()
            # The end is drawn once it is kept, which takes milliseconds.
            self._keeper.keep(user, conversation, exchange.number)
            yield self.redraw(conversation)
        finally:
            self._streaming.discard(mine)
            # Running still only where the page went away in the middle.
            if conversation.put(replace(exchange, status="stopped")):
                self._keeper.keep(user, conversation, exchange.number)

    def _follow(
        self, exchange: Exchange, conversation: Conversation, reader: Reader, asked: _Question
    ) -> Iterator[Exchange]:
        """The exchange after each event; a failure ends as an exchange that says so."""
        history = conversation.history()
        try:
            if len(exchange.question) > MOST_CHARACTERS:
                message = f"The question is too long: at most {MOST_CHARACTERS:,} characters."
                raise ConfigError(message)
            filters = asked.given if isinstance(asked.given, Filters) else read(asked.given)
            exchange = replace(exchange, given=filters)
            with ExitStack() as stack:
                events = self._site.asker(reader).stream(
                    exchange.question,
                    history=history,
                    filters=filters or None,
                    understood=asked.understood,
                )
                stack.callback(getattr(events, "close", lambda: None))
                for event in events:
                    exchange = advance(exchange, event)
                    if not conversation.put(exchange):
                        return
                    yield exchange
        except PaperchatError as error:
            yield self._failed(exchange, conversation, str(error))
        except Exception:  # noqa: BLE001 - the page's last line: logged whole, told plainly
            _log.exception("the question failed")
            yield self._failed(exchange, conversation, _BROKEN)

    def _failed(self, exchange: Exchange, conversation: Conversation, why: str) -> Exchange:
        failed = replace(exchange, status="failed", error=why)
        conversation.put(failed)
        return failed

    # All else

    def stop(self, conversation: Conversation, request: gr.Request) -> Shown:
        """Stop was pressed: the generator is being closed, the text so far stays."""
        if last := conversation.last:
            conversation.put(replace(last, status="stopped"))
            self._keeper.keep(user_of(request), conversation, last.number)
        return self.redraw(conversation)

    def undo(self, conversation: Conversation, request: gr.Request) -> Shown:
        """Takes the last question back into the box."""
        last = conversation.last
        if last is None or last.running:
            return self._idle()
        self._keeper.drop_from(user_of(request), conversation, last.number)
        _, chat, panel = self.redraw(conversation)
        return gr.Textbox(value=last.question), chat, panel

    def edit(self, conversation: Conversation, chosen: gr.EventData) -> tuple[Any, ...]:
        """A question to change, or its conditions: into the box and the fields they go.

        Nothing is lost before it is asked: a changed question then replaces the old one and what
        came after it, changed conditions ask anew.
        """
        found = _chosen(conversation, chosen)
        if found is None or found.running:
            return gr.skip(), gr.skip(), *shown_filters(None)
        what = chosen._data.get("what")
        conversation.replacing = found.number if what == "question" else None
        conversation.adjusting = found.number if what == "filters" else None
        text = found.rewritten if what == "reading" else found.question
        filters = found.filters if what == "filters" else None
        return (
            gr.Textbox(value=text),
            gr.Accordion(open=True) if what == "filters" else gr.skip(),
            *shown_filters(filters),
        )

    def rate(self, conversation: Conversation, liked: gr.LikeData, request: gr.Request) -> Shown:
        """Thumbs: kept with the whole answer; a note may follow."""
        order = liked.index[0] if isinstance(liked.index, (list, tuple)) else liked.index
        exchanges = list(conversation)
        place = int(order) // 2
        if place >= len(exchanges):
            return gr.skip(), gr.skip(), gr.skip()
        number = exchanges[place].number
        up = liked.liked if isinstance(liked.liked, bool) else None
        kept = self._keeper.rate(user_of(request), conversation, number, up, "")
        return (
            (number, up) if kept else None,
            gr.Row(visible=kept and up is not None),
            gr.Textbox(value="", placeholder=_NOTES[bool(up)]),
        )

    def remark(
        self,
        conversation: Conversation,
        rated: tuple[int, bool | None] | None,
        note: str,
        request: gr.Request,
    ) -> gr.Row:
        """The note beside a thumb."""
        if rated is not None and note.strip():
            number, up = rated
            note = note.strip()[:_LONGEST_NOTE]
            if self._keeper.rate(user_of(request), conversation, number, up, note):
                gr.Info("Thank you, noted.", duration=3)
        return gr.Row(visible=False)

    def redraw(self, conversation: Conversation) -> Shown:
        """The page as the conversation has it now."""
        last = conversation.last
        if last is None:
            return self._box("done"), [], self._panel(conversation, None)
        return self._shown(conversation, last)

    def show(self, conversation: Conversation, chosen: gr.EventData) -> str:
        """The panel of an earlier answer."""
        return self._panel(conversation, _chosen(conversation, chosen) or conversation.last)

    # Parts of the page

    def _panel(self, conversation: Conversation, exchange: Exchange | None) -> str:
        return sources.panel(exchange, self._site.info, conversation.key)

    def _shown(
        self, conversation: Conversation, exchange: Exchange, panel: str | None = None
    ) -> Shown:
        """Every part, changed or not: Gradio sends differences only, but where two sendings meet
        in one redraw, a part that the second leaves out loses what the first brought. Only the box
        is left out where it has long been so, since Gradio makes a new one each time."""
        markup = self._panel(conversation, exchange) if panel is None else panel
        return self._box(exchange.status), messages(conversation), markup

    def _box(self, status: Status) -> dict[str, Any]:
        """The question's field; emptied before the first word comes, not while one may type.

        Not as a gr.Textbox, since making one takes as long as all else that a sending does here.
        """
        if status in ("searching", "reading"):
            return gr.update(value="", submit_btn=False, stop_btn="Stop")
        if status == "writing":
            return gr.update(submit_btn=False, stop_btn="Stop")
        return gr.update(submit_btn="Ask", stop_btn=False)

    def _idle(self) -> Shown:
        return gr.skip(), gr.skip(), gr.skip()


_NOTES = {
    True: "What was good about it? (optional)",
    False: "What was wrong with it? (optional)",
}


def _chosen(conversation: Conversation, chosen: gr.EventData) -> Exchange | None:
    number = chosen._data.get("number")
    return conversation.find(number) if isinstance(number, int) else None
