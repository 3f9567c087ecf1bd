"""What happens in the chat: questions streamed into it, stopped, cleared, shown again.

No component is made here but those that Gradio takes as updates.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import gradio as gr

from index.errors import ConfigError, PaperchatError
from ui import render, sources
from ui.view import Conversation, Exchange, PageInfo, Status, advance
from ui.web import MAX_QUESTION, Asker, read_filters

_REFRESH_S = 0.03  # between two sendings of the answer while it streams
_BROKEN = (
    "Something went wrong that should not have. The terminal that runs paperchat shows what it "
    "was; asking again may help."
)
_log = logging.getLogger(__name__)


class Handlers:
    """What happens on the page's events. Holds nothing of any one visitor."""

    def __init__(self, assistant: Asker, info: PageInfo) -> None:
        self._assistant = assistant
        self._info = info
        self._props = {k: v for k, v in gr.HTML(render=False).get_config().items() if k != "value"}

    def pick(
        self, conversation: Conversation, since: str, until: str, words: str, pages: list[str],
        chosen: gr.SelectData,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        """An example question was clicked."""
        yield from self.ask(conversation, chosen.value["text"], since, until, words, pages)

    def ask(
        self, conversation: Conversation, question: str,
        since: str, until: str, words: str, pages: list[str],
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        """Streams an answer into the chat and its evidence into the panel."""
        question = (question or "").strip()
        if not question or (conversation.last and conversation.last.running):
            yield self._idle()
            return
        exchange = conversation.begin(question[: MAX_QUESTION + 1])
        yield self._shown(conversation, exchange)
        shown_at, evidence, markup = 0.0, None, ""
        try:
            for latest in self._follow(exchange, conversation, (since, until, words, pages)):
                exchange = latest
                if exchange.status == "writing" and time.monotonic() - shown_at < _REFRESH_S:
                    continue
                known = (exchange.sources, exchange.citations, exchange.status)
                if known != evidence:
                    evidence, markup = known, sources.panel(exchange, self._info)
                yield self._shown(conversation, exchange, markup)
                shown_at = time.monotonic()
            if conversation.find(exchange.number) is not exchange:
                yield self.redraw(conversation)
        finally:
            # Reached while running only where the page went away in the middle.
            conversation.put(replace(exchange, status="stopped"))

    def _follow(
        self,
        exchange: Exchange,
        conversation: Conversation,
        fields: tuple[str, str, str, list[str]],
    ) -> Iterator[Exchange]:
        """The exchange after each event; a failure ends as an exchange that says so."""
        history = conversation.history()
        try:
            if len(exchange.question) > MAX_QUESTION:
                message = f"The question is too long: at most {MAX_QUESTION:,} characters."
                raise ConfigError(message)
            filters = read_filters(*fields)
            with ExitStack() as stack:
                events = self._assistant.stream(
                    exchange.question, history=history, filters=filters or None
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

    def stop(self, conversation: Conversation) -> tuple[Any, ...]:
        """Stop was pressed: the generator is being closed, the text so far stays."""
        if conversation.last:
            conversation.put(replace(conversation.last, status="stopped"))
        return self.redraw(conversation)

    def clear(self, conversation: Conversation) -> tuple[Any, ...]:
        """A new conversation."""
        conversation.clear()
        return self.redraw(conversation)

    def redraw(self, conversation: Conversation) -> tuple[Any, ...]:
        """The page as the conversation has it now."""
        last = conversation.last
        if last is None:
            return self._box("done"), [], sources.panel(None, self._info)
        return self._shown(conversation, last)

    def show(self, conversation: Conversation, chosen: gr.EventData) -> str:
        """The panel of an earlier answer."""
        number = chosen._data.get("number")
        found = conversation.find(number) if isinstance(number, int) else None
        return sources.panel(found or conversation.last, self._info)

    def _shown(
        self, conversation: Conversation, exchange: Exchange, panel: str | None = None
    ) -> tuple[Any, ...]:
        """Every part, changed or not: Gradio sends differences only, but where two sendings meet
        in one redraw, a part that the second leaves out loses what the first brought."""
        markup = sources.panel(exchange, self._info) if panel is None else panel
        return self._box(exchange.status), self._messages(conversation), markup

    def _box(self, status: Status) -> gr.Textbox:
        """The question's field; emptied before the first word comes, not while one may type."""
        if status in ("searching", "reading"):
            return gr.Textbox(value="", submit_btn=False, stop_btn="Stop")
        if status == "writing":
            return gr.Textbox(submit_btn=False, stop_btn="Stop")
        return gr.Textbox(submit_btn="Ask", stop_btn=False)

    def _idle(self) -> tuple[Any, ...]:
        return gr.skip(), gr.skip(), gr.skip()

    def _messages(self, conversation: Conversation) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        for exchange in conversation:
            question = render.question(exchange)
            messages.append({"role": "user", "content": self._content(question)})
            answer = conversation.markup(exchange, render.answer)
            messages.append({"role": "assistant", "content": self._content(answer)})
        return messages

    def _content(self, markup: str) -> dict[str, Any]:
        """The markup as Gradio describes a gr.HTML; building one for each token would be slow.

        Plain text as content is no way out: even with Markdown off, Gradio takes it for HTML.
        """
        return {
            "type": "component",
            "component": "html",
            "value": markup,
            "constructor_args": {},
            "props": self._props,
        }
