"""All chunks and vectors made anew, in steps that a later run can go on from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from index.catalogue import Catalogue
from index.changes import Entry, chunk_rows, next_revision, piece_rows, write_built
from index.chunking import Chunking
from index.derived import Progress
from index.embedded import embed_chunks
from index.embedding import Embedder
from index.ingest import BATCH, built_with, chunked
from index.tables import chunk_tokens, meta, staged_chunk_tokens, staged_chunks, tombstones
from index.tables import chunks as chunk_table
from index.tables import papers as paper_table
from index.types import Paper

_TARGET = "rebuilding"


def rebuild(
    catalogue: Catalogue, embedder: Embedder, chunking: Chunking, progress: Progress | None = None
) -> None:
    """Embed every paper of the catalogue, then replace all chunks in one commit.

    Until that commit the store works as before. The caller holds the write lock.
    ``progress`` is told (papers done, papers in all).
    """
    catalogue.add_tables()
    _aim_at(catalogue, f"{embedder.fingerprint} {chunking.name}")
    total = catalogue.count()
    while papers := _next_papers(catalogue):
        _stage(catalogue, papers, embedder, chunking)
        if progress is not None:
            progress(_staged(catalogue), total)
    _replace_all(catalogue, embedder, chunking)


def _aim_at(catalogue: Catalogue, target: str) -> None:
    """Go on with what is staged for the same target; drop what was meant for another one."""
    with catalogue.transaction() as connection:
        found = connection.execute(sa.select(meta.c.value).where(meta.c.key == _TARGET)).scalar()
        if found != target:
            connection.execute(staged_chunks.delete())
            connection.execute(meta.delete().where(meta.c.key == _TARGET))
            connection.execute(meta.insert().values(key=_TARGET, value=target))


def _next_papers(catalogue: Catalogue) -> list[Paper]:
    done = sa.select(staged_chunks.c.paper_id)
    query = sa.select(paper_table.c.id).where(paper_table.c.id.not_in(done)).limit(BATCH)
    with catalogue.reading() as connection:
        ids = list(connection.execute(query).scalars())
    return list(catalogue.get_many(ids).values())


def _stage(
    catalogue: Catalogue, papers: list[Paper], embedder: Embedder, chunking: Chunking
) -> None:
    new = [(paper, chunked(paper, chunking)) for paper in papers]
    embedded = embed_chunks(embedder, chunking, new)
    entries = [
        Entry(paper, "", chunks, mine) for (paper, chunks), mine in zip(new, embedded, strict=True)
    ]
    pieces = [row for entry in entries for row in piece_rows(entry)]
    with catalogue.transaction() as connection:
        rows = [row for entry in entries for row in chunk_rows(entry)]
        connection.execute(staged_chunks.insert(), rows)
        if pieces:
            connection.execute(staged_chunk_tokens.insert(), pieces)


def _staged(catalogue: Catalogue) -> int:
    query = sa.select(sa.func.count(staged_chunks.c.paper_id.distinct()))
    with catalogue.reading() as connection:
        return int(connection.execute(query).scalar_one())


def _replace_all(catalogue: Catalogue, embedder: Embedder, chunking: Chunking) -> None:
    with catalogue.transaction() as connection:
        revision = next_revision(connection)
        _bury_unused(connection, revision)
        connection.execute(chunk_table.delete())
        for staged, table in ((staged_chunks, chunk_table), (staged_chunk_tokens, chunk_tokens)):
            columns = [column.name for column in table.columns]
            everything = sa.select(*(staged.c[name] for name in columns))
            connection.execute(table.insert().from_select(columns, everything))
        connection.execute(staged_chunks.delete())
        connection.execute(paper_table.update().values(text_revision=revision))
        connection.execute(meta.delete().where(meta.c.key == _TARGET))
        write_built(connection, built_with(embedder, chunking))


def _bury_unused(connection: Connection, revision: int) -> None:
    """Tombstones for the chunks that don't come back, and for those only."""
    staged = sa.select(staged_chunks.c.id)
    connection.execute(tombstones.delete().where(tombstones.c.chunk_id.in_(staged)))
    gone = sa.select(chunk_table.c.id, chunk_table.c.paper_id, sa.literal(revision))
    gone = gone.where(chunk_table.c.id.not_in(staged))
    columns = ["chunk_id", "paper_id", "revision"]
    connection.execute(tombstones.insert().from_select(columns, gone))
