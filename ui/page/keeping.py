"""What is kept of the conversations, where they are kept; a failing disk costs no answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import gradio as gr

from index.errors import PaperchatError
from ui.view import Conversation

if TYPE_CHECKING:
    from ui.conversations.store import ConversationStore

_ELSEWHERE = (
    "This conversation went on in another tab. What was asked there is shown here now, too."
)
_log = logging.getLogger(__name__)


def user_of(request: gr.Request | None) -> str:
    """Who is asking: the account's name, "" on a page without accounts."""
    return getattr(request, "username", None) or ""


class Keeper:
    """Keeps conversations in a store, or nowhere."""

    def __init__(self, store: ConversationStore | None) -> None:
        self._store = store

    def keep(self, user: str, conversation: Conversation, number: int) -> None:
        """Keeps this exchange, in a new conversation where there is none yet."""
        exchange = conversation.find(number)
        if self._store is None or exchange is None or exchange.running:
            return
        first = number not in conversation.kept
        try:
            conversation.key = conversation.key or self._store.start(user)
            now = self._store.keep(user, conversation.key, exchange, first=first)
            if now == number:
                conversation.kept.add(number)
                return
            conversation.join(self._store.load(user, conversation.key), number, now)
        except PaperchatError as error:
            self._trouble("kept", error)
        else:
            gr.Info(_ELSEWHERE, duration=8)

    def drop_from(self, user: str, conversation: Conversation, number: int) -> None:
        """Forgets this exchange and those after it, here and in the store.

        What another tab has added meanwhile is not shown here, and stays.
        """
        gone = conversation.drop_from(number)
        if self._store is None or not conversation.key:
            return
        try:
            self._store.drop(user, conversation.key, gone)
        except PaperchatError as error:
            self._trouble("changed", error)

    def rate(
        self, user: str, conversation: Conversation, number: int, up: bool | None, note: str
    ) -> bool:
        """Keeps a judgement; whether it could be."""
        if self._store is None or not conversation.key:
            return False
        try:
            self._store.rate(user, conversation.key, number, up, note)
        except PaperchatError as error:
            self._trouble("rated", error)
            return False
        return True

    def _trouble(self, what: str, error: PaperchatError) -> None:
        _log.error("the conversation could not be %s: %s", what, error)
        gr.Warning(f"The conversation could not be {what}: {error}")
