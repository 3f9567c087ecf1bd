"""The store inside LlamaIndex: a retriever, an embedding and a node parser.

    from index import PaperIndex
    from index.retriever import PaperRetriever

    retriever = PaperRetriever(PaperIndex.open("store"), top_k=5)
    engine = RetrieverQueryEngine.from_args(retriever, llm=...)

The only file that imports llama_index, whose import alone takes a second; the product's own
searches don't go through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser.interface import NodeParser
from llama_index.core.schema import BaseNode, NodeWithScore, QueryBundle, TextNode
from pydantic import ConfigDict, PrivateAttr

from index.chunking import Chunking
from index.embedding import DEFAULT_EMBEDDER, Embedder, load_embedder
from index.store import PaperIndex
from index.types import Chunk, Filters, Hit, Paper


class PaperRetriever(BaseRetriever):
    """Hybrid retrieval as LlamaIndex nodes: each paper's best passage, best paper first.

    A node's text is the title and the passage; its metadata holds what is known of the paper
    and the passage's offsets, since engines give nodes new ids of their own.
    """

    def __init__(
        self, index: PaperIndex, *, top_k: int = 10, filters: Filters | None = None
    ) -> None:
        super().__init__()
        self._index = index
        self._top_k = top_k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._index.search(query_bundle.query_str, self._top_k, self._filters)
        return [to_node(hit) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class PaperEmbedding(BaseEmbedding):
    """Any of our embedders as a LlamaIndex embedding."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    _embedder: Embedder = PrivateAttr()

    def __init__(self, spec: str = DEFAULT_EMBEDDER, **arguments: Any) -> None:  # noqa: ANN401
        super().__init__(model_name=spec, **arguments)
        self._embedder = load_embedder(spec)

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(x) for x in self._embedder.embed([text])[0]]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._embedder.embed(texts)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, query)


class SentenceWindows(NodeParser):
    """The store's chunking as a LlamaIndex splitter; ``start_char_idx`` counts in the document."""

    sentences: int = Chunking().sentences
    overlap: int = Chunking().overlap
    rest: int = Chunking().rest

    def _parse_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> list[BaseNode]:
        chunking = Chunking(self.sentences, self.overlap, self.rest)
        parsed: list[BaseNode] = []
        for node in nodes:
            paper = Paper(node.node_id, "", node.get_content())
            parsed += [_chunk_node(chunk, node) for chunk in chunking.chunks(paper)]
        return parsed


def _chunk_node(chunk: Chunk, source: BaseNode) -> TextNode:
    return TextNode(
        id_=chunk.id,
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata=dict(source.metadata),
        relationships={"1": source.as_related_node_info()},
    )


def to_node(hit: Hit) -> NodeWithScore:
    """The hit's best passage as a node with the paper's score."""
    paper, chunk = hit.paper, hit.passages[0].chunk
    known = paper.to_dict(abstract=False)
    details = {
        k: known[k] for k in ("title", "date", "n_authors", "organisation", "url") if k in known
    }
    node = TextNode(
        id_=chunk.id,
        text=f"{paper.title}\n\n{chunk.text}",
        metadata={"paper_id": paper.id, "start": chunk.start, "end": chunk.end, **details},
        excluded_llm_metadata_keys=["paper_id", "start", "end", "title"],
        excluded_embed_metadata_keys=["paper_id", "start", "end", "title"],
    )
    return NodeWithScore(node=node, score=hit.score)
