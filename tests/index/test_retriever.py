"""Our seams inside LlamaIndex's own engines and pipelines."""

import asyncio

import numpy as np
import pytest
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine

from index.hash_embedding import HashEmbedder
from index.retriever import PaperEmbedding, PaperRetriever, SentenceWindows
from index.store import PaperIndex
from index.types import Filters, Paper

PAPERS = [
    Paper("a", "Kites", "Kites fly in wind. They need a line.", n_authors=2),
    Paper("b", "Boats", "Boats float on water. They need a keel.", n_authors=5),
]


@pytest.fixture
def index(tmp_path):
    with PaperIndex.open(tmp_path, embedder=HashEmbedder()) as opened:
        opened.add(PAPERS)
        yield opened


def test_nodes_carry_the_paper_and_the_offsets(index) -> None:
    (first, *_) = PaperRetriever(index, top_k=2).retrieve("what do kites need to fly?")
    start, end = first.metadata["start"], first.metadata["end"]
    assert first.metadata["paper_id"] == "a"
    assert first.text == f"Kites\n\n{PAPERS[0].abstract[start:end]}"
    assert first.score > 0


def test_async_and_filters(index) -> None:
    retriever = PaperRetriever(index, filters=Filters(min_authors=3))
    found = asyncio.run(retriever.aretrieve("kites"))
    assert [node.metadata["paper_id"] for node in found] == ["b"]


def test_it_serves_llamaindex_engines(index) -> None:
    retriever = PaperRetriever(index, top_k=1)
    for engine in (
        RetrieverQueryEngine.from_args(retriever, llm=MockLLM()),
        CitationQueryEngine.from_args(None, retriever=retriever, llm=MockLLM()),
    ):
        answer = engine.query("what do kites need?")
        assert answer.source_nodes[0].metadata["paper_id"] == "a"
        assert "Kites fly in wind" in str(answer)


def test_our_embedding_and_splitter_build_a_llamaindex_index() -> None:
    documents = [Document(text=paper.abstract, id_=paper.id) for paper in PAPERS]
    nodes = SentenceWindows(sentences=1, overlap=0, rest=0).get_nodes_from_documents(documents)
    assert [node.text for node in nodes][:2] == ["Kites fly in wind.", "They need a line."]
    source = PAPERS[0].abstract
    assert source[nodes[1].start_char_idx : nodes[1].end_char_idx] == nodes[1].text
    embedding = PaperEmbedding("hash")
    found = VectorStoreIndex(nodes, embed_model=embedding).as_retriever(similarity_top_k=1)
    assert found.retrieve("boats float on water")[0].node.ref_doc_id == "b"
    assert np.linalg.norm(embedding.get_query_embedding("kites")) == pytest.approx(1, abs=1e-5)
