"""A question in words -> a query over the collection, or None. No language model needed."""

from rag.collection.parsing.following import parse_after, refers_back
from rag.collection.parsing.question import MOST_CHARACTERS, parse
from rag.collection.parsing.record import parse_record

__all__ = ["MOST_CHARACTERS", "parse", "parse_after", "parse_record", "refers_back"]
