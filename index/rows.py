"""The catalogue's rows as papers, chunks and vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from index.embedding import Vectors
from index.tables import chunks as chunk_table
from index.tables import paper_pages as page_table
from index.types import Chunk, Paper


@dataclass(frozen=True, slots=True)
class StoredChunks:
    """A paper with its chunks; ``vectors`` has shape (len(chunks), dimension).

    ``resultant`` is the length of the vectors' sum, which every search needs again.
    """

    paper: Paper
    chunks: list[Chunk]
    vectors: Vectors
    resultant: float = field(init=False)

    def __post_init__(self) -> None:
        length = float(np.linalg.norm(self.vectors.sum(axis=0))) if len(self.chunks) else 0.0
        object.__setattr__(self, "resultant", length)


def papers_of(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, Paper]:
    """Papers by id, in the rows' order, their pages fetched along."""
    pages: dict[str, list[str]] = {}
    query = sa.select(page_table.c.paper_id, page_table.c.page).order_by(page_table.c.page)
    for paper_id, page in connection.execute(
        query.where(page_table.c.paper_id.in_([row.id for row in rows]))
    ):
        pages.setdefault(paper_id, []).append(page)
    return {
        row.id: Paper(
            id=row.id,
            title=row.title,
            abstract=row.abstract,
            date=row.date,
            n_authors=row.n_authors,
            authors=tuple(row.authors),
            organisation=row.organisation,
            pages=tuple(sorted(pages.get(row.id, ()))),
            url=row.url,
            extra=row.extra,
        )
        for row in rows
    }


def with_chunks(connection: Connection, papers: Mapping[str, Paper]) -> dict[str, StoredChunks]:
    c = chunk_table.c
    columns = c.id, c.paper_id, c.start, c.end, c.vector
    query = sa.select(*columns).where(c.paper_id.in_(list(papers)))
    chunks: dict[str, list[Chunk]] = {paper_id: [] for paper_id in papers}
    vectors: dict[str, list[bytes]] = {paper_id: [] for paper_id in papers}
    for chunk_id, paper_id, start, end, vector in connection.execute(
        query.order_by(c.paper_id, c.position)
    ):
        text = papers[paper_id].abstract[start:end]
        chunks[paper_id].append(Chunk(chunk_id, paper_id, text, start, end))
        vectors[paper_id].append(vector)
    return {
        paper_id: StoredChunks(paper, chunks[paper_id], matrix(vectors[paper_id]))
        for paper_id, paper in papers.items()
    }


def matrix(blobs: Sequence[bytes]) -> Vectors:
    """Shape (len(blobs), dimension)."""
    flat = np.frombuffer(b"".join(blobs), dtype="<f4").astype(np.float32, copy=False)
    return flat.reshape(len(blobs), -1) if blobs else flat.reshape(0, 0)
