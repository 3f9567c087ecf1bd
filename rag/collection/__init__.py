"""Questions about the collection: lists, counts and superlatives over the whole store, exactly.

``parse`` turns a question into a query (or says that it is none), ``run`` answers the query from
the whole store, ``answer_parts`` puts the result into words with a citation for every paper.
"""

from rag.collection.facets import CollectionFacets, facets_of
from rag.collection.parsing import parse, parse_after, parse_record, refers_back
from rag.collection.query import CollectionQuery, Conditions, Order
from rag.collection.running import CollectionResult, Member, run
from rag.collection.wording import AnswerParts, answer_parts

__all__ = [
    "AnswerParts", "CollectionFacets", "CollectionQuery", "CollectionResult", "Conditions",
    "Member", "Order", "answer_parts", "facets_of", "parse", "parse_after",
    "parse_record", "refers_back", "run",
]  # fmt: skip
