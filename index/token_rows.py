"""Papers' word pieces in the catalogue: one row a chunk, beside the chunk and gone with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from index.catalogue import Catalogue
from index.database import slices
from index.late import PaperTokens, joined
from index.tables import chunk_tokens
from index.tables import chunks as chunk_table
from index.types import Chunk

_Row = dict[str, object]


def token_rows(
    chunks: Sequence[Chunk], tokens: Sequence[PaperTokens], fingerprint: str | None
) -> Iterator[_Row]:
    """One row for each chunk, for ``chunk_tokens`` or ``staged_chunk_tokens``; none without."""
    if fingerprint is None:
        return
    for chunk, mine in zip(chunks, tokens, strict=True):
        yield {
            "chunk_id": chunk.id,
            "fingerprint": fingerprint,
            "offsets": mine.offsets.astype("<i4").tobytes(),
            "vectors": mine.vectors.tobytes(),
        }


def stored_tokens(
    catalogue: Catalogue, paper_ids: Sequence[str], fingerprint: str
) -> dict[str, PaperTokens]:
    """The papers all of whose chunks have pieces of this fingerprint, each with all of them."""
    if not catalogue.has_tokens():
        return {}
    found: dict[str, PaperTokens] = {}
    with catalogue.reading() as connection:
        for ids in slices(paper_ids):
            found |= _read(connection, ids, fingerprint)
    return found


def _read(
    connection: Connection, paper_ids: Sequence[str], fingerprint: str
) -> dict[str, PaperTokens]:
    columns = chunk_table.c.paper_id, chunk_tokens.c.offsets, chunk_tokens.c.vectors
    mine = (chunk_tokens.c.chunk_id == chunk_table.c.id) & (
        chunk_tokens.c.fingerprint == fingerprint
    )
    query = sa.select(*columns).join_from(chunk_table, chunk_tokens, mine, isouter=True)
    query = query.where(chunk_table.c.paper_id.in_(paper_ids))
    parts: dict[str, list[PaperTokens | None]] = {}
    rows = connection.execute(query.order_by(chunk_table.c.paper_id, chunk_table.c.position))
    for paper_id, offsets, vectors in rows:
        part = None if offsets is None else _tokens(offsets, vectors)
        parts.setdefault(paper_id, []).append(part)
    whole = {i: [part for part in mine if part is not None] for i, mine in parts.items()}
    return {i: joined(known) for i, known in whole.items() if len(known) == len(parts[i])}


def _tokens(offsets: bytes, vectors: bytes) -> PaperTokens:
    places = np.frombuffer(offsets, "<i4").astype(np.int32, copy=False)
    width = len(vectors) // max(len(places), 1)
    return PaperTokens(places, np.frombuffer(vectors, np.int8).reshape(len(places), width))
