"""What is kept of the conversations, where they are kept; a failing disk costs no answer."""

from __future__ import annotations

import logging
import threading
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
        # Of Stop and of the answer that it ends, which come in two threads, one keeps.
        self._changing = threading.Lock()

    def keep(self, user: str, conversation: Conversation, number: int) -> None:
        """Keeps this exchange once it has ended, in a new conversation where there is none yet."""
        if self._store is None:
            return
        try:
            with self._changing:
                elsewhere = self._added(self._store, user, conversation, number)
        except PaperchatError as error:
            self._trouble("kept", error)
        else:
            if elsewhere:
                gr.Info(_ELSEWHERE, duration=8)

    def _added(
        self, store: ConversationStore, user: str, conversation: Conversation, number: int
    ) -> bool:
        """Whether another page had given the number away, so that the exchange has another now."""
        exchange = conversation.find(number)
        if exchange is None or exchange.running or number in conversation.kept:
            return False
        conversation.key = conversation.key or store.start(user)
        now = store.keep(user, conversation.key, exchange, first=True)
        if now == number:
            conversation.kept.add(number)
            return False
        conversation.join(store.load(user, conversation.key), number, now)
        return True

    def drop_from(self, user: str, conversation: Conversation, number: int) -> None:
        """Forgets this exchange and those after it, here and in the store.

        What another tab has added meanwhile is not shown here, and stays: also under the number of
        one that is shown here and could not be kept.
        """
        try:
            with self._changing:
                gone = conversation.kept.intersection(conversation.drop_from(number))
                if self._store is None or not gone:
                    return
                self._store.drop(user, conversation.key, gone)
                conversation.kept.difference_update(gone)
        except PaperchatError as error:
            self._trouble("changed", error)

    def rate(
        self, user: str, conversation: Conversation, number: int, up: bool | None, note: str
    ) -> bool:
        """Keeps a judgement of an exchange that was kept from here; whether it could be."""
        if self._store is None or number not in conversation.kept:
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
