"""A question in words -> a query over the collection, or None. No language model needed."""

from rag.collection.parsing.question import MOST_CHARACTERS, parse

__all__ = ["MOST_CHARACTERS", "parse"]
