"""The stock stack: LlamaIndex + Chroma + sentence-transformers, as its tutorials put it together.

Runs in an environment of its own (see BENCHMARKS.md) and imports nothing of paperchat:

    python stock.py ingest STORE PAPERS.jsonl MODEL_FOLDER
    python stock.py ask STORE QUESTIONS.txt MODEL_FOLDER

Each prints one JSON object; the clock of ``ask`` starts when ``compare`` launches the process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

STARTED = float(os.environ.get("BENCH_LAUNCHED") or time.time())
"""When ``compare`` launched this process; else when this module was loaded."""


def _index(store: str, model: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    import chromadb
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(store).get_or_create_collection("papers")
    vectors = ChromaVectorStore(chroma_collection=collection)
    storage = StorageContext.from_defaults(vector_store=vectors)
    embedder = HuggingFaceEmbedding(model_name=model, device="cpu")
    index = VectorStoreIndex.from_vector_store(vectors, embed_model=embedder)
    return index, storage, embedder


def ingest(store: str, papers: Path, model: str) -> dict[str, float]:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    _, storage, embedder = _index(store, model)
    embedder.get_text_embedding("warm")
    rows = [json.loads(line) for line in papers.read_text("utf-8").splitlines()]
    start = time.perf_counter()
    documents = [Document(text=r["abstract"], metadata={"title": r["title"]}) for r in rows]
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=32).get_nodes_from_documents(documents)
    VectorStoreIndex(nodes, storage_context=storage, embed_model=embedder)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "papers_per_second": len(rows) / seconds}


def ask(store: str, questions: Path, model: str) -> dict[str, float]:
    index, _, _ = _index(store, model)
    retriever = index.as_retriever(similarity_top_k=10)
    lines = questions.read_text("utf-8").splitlines()
    retriever.retrieve(lines[0])
    first = time.time() - STARTED
    taken = []
    for line in lines:
        start = time.perf_counter()
        retriever.retrieve(line)
        taken.append(time.perf_counter() - start)
    taken.sort()
    return {"first_s": first, "p50_ms": taken[len(taken) // 2] * 1e3}


def main() -> None:
    verb, store, data, model = sys.argv[1:5]
    result = {"ingest": ingest, "ask": ask}[verb](store, Path(data), model)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | {"peak_mb": peak}))


if __name__ == "__main__":
    main()
