"""Conversations kept on this machine: opened again, rated and taken elsewhere."""

from ui.conversations.store import ConversationStore
from ui.conversations.types import NotKept, Rating, Summary

__all__ = ["ConversationStore", "NotKept", "Rating", "Summary"]
