"""The catalogue's writes: each function makes one durable commit or changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from index.catalogue import Catalogue
from index.database import slices
from index.embedded import Embedded
from index.errors import ManifestMismatch
from index.manifest import read_manifest, read_revision
from index.tables import chunk_tokens as token_table
from index.tables import chunks as chunk_table
from index.tables import meta, staged_chunks
from index.tables import paper_pages as page_table
from index.tables import papers as paper_table
from index.tables import tombstones as tombstone_table
from index.text import folded
from index.token_rows import token_rows
from index.types import Chunk, Paper

_Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Built:
    """What vectors are made with: it must be the same for all of a store."""

    embedder: str
    fingerprint: str
    dimension: int
    chunking: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper to be written. ``chunks`` None: its text, and so its chunks, are as before."""

    paper: Paper
    content_key: str
    chunks: Sequence[Chunk] | None = None
    embedded: Embedded | None = None


def commit(
    catalogue: Catalogue, built: Built, entries: Sequence[Entry], deletions: Sequence[str] = ()
) -> int:
    """Write and delete papers; returns the new revision. Durable when it returns.

    The first commit writes into the manifest what the store is built with; ManifestMismatch if
    another process has meanwhile built it with something else.
    """
    with catalogue.transaction() as connection:
        revision = next_revision(connection)
        _settle_manifest(connection, built)
        _delete_papers(connection, deletions, revision)
        _write_papers(connection, entries, revision)
        _write_chunks(connection, entries, revision)
        return revision


def delete(catalogue: Catalogue, paper_ids: Sequence[str]) -> list[str]:
    """Delete papers; returns the ids of those that were there."""
    with catalogue.transaction() as connection:
        there = _existing(connection, list(dict.fromkeys(paper_ids)))
        if there:
            _delete_papers(connection, there, next_revision(connection))
        return there


def _settle_manifest(connection: Connection, built: Built) -> None:
    manifest = read_manifest(connection)
    if manifest.fingerprint is None:
        write_built(connection, built)
    elif (manifest.fingerprint, manifest.chunking) != (built.fingerprint, built.chunking):
        raise ManifestMismatch("the store was rebuilt by another process; open it again")
    elif manifest.dimension != built.dimension:
        raise ManifestMismatch(
            f"{built.embedder} now makes vectors of {built.dimension} numbers, and the store has"
            f" {manifest.dimension} each: rebuild it with paperchat index --rebuild"
        )


def write_built(connection: Connection, built: Built) -> None:
    """Put into the manifest what the store is built with."""
    values = {
        "embedder": built.embedder,
        "fingerprint": built.fingerprint,
        "dimension": str(built.dimension),
        "chunking": built.chunking,
    }
    connection.execute(meta.delete().where(meta.c.key.in_(list(values))))
    connection.execute(meta.insert(), [{"key": k, "value": v} for k, v in values.items()])


def next_revision(connection: Connection) -> int:
    """Count one more commit that changes papers."""
    revision = read_revision(connection, lock=True) + 1
    connection.execute(meta.update().where(meta.c.key == "revision").values(value=str(revision)))
    return revision


def _existing(connection: Connection, paper_ids: Sequence[str]) -> list[str]:
    found: set[str] = set()
    for ids in slices(paper_ids):
        query = sa.select(paper_table.c.id).where(paper_table.c.id.in_(ids))
        found.update(connection.execute(query).scalars())
    return [paper_id for paper_id in paper_ids if paper_id in found]


def _delete_papers(connection: Connection, paper_ids: Sequence[str], revision: int) -> None:
    _bury_chunks(connection, paper_ids, revision)
    for ids in slices(paper_ids):
        connection.execute(paper_table.delete().where(paper_table.c.id.in_(ids)))


def _bury_chunks(connection: Connection, paper_ids: Sequence[str], revision: int) -> None:
    """Delete the papers' chunks and remember their ids, for the derived indexes."""
    for ids in slices(paper_ids):
        mine = chunk_table.c.paper_id.in_(ids)
        columns = chunk_table.c.id, chunk_table.c.paper_id
        rows = connection.execute(sa.select(*columns).where(mine)).all()
        connection.execute(chunk_table.delete().where(mine))
        connection.execute(staged_chunks.delete().where(staged_chunks.c.paper_id.in_(ids)))
        _insert(
            connection,
            tombstone_table,
            [{"chunk_id": r.id, "paper_id": r.paper_id, "revision": revision} for r in rows],
        )


def _unbury(connection: Connection, chunk_ids: Sequence[str]) -> None:
    for ids in slices(chunk_ids):
        gone = tombstone_table.c.chunk_id.in_(ids)
        connection.execute(tombstone_table.delete().where(gone))


def _write_papers(connection: Connection, entries: Sequence[Entry], revision: int) -> None:
    ids = [entry.paper.id for entry in entries]
    there = set(_existing(connection, ids))
    rows = [_paper_row(entry, revision) for entry in entries]
    _insert(connection, paper_table, [row for row in rows if row["id"] not in there])
    for entry, row in zip(entries, rows, strict=True):
        if entry.paper.id not in there:
            continue
        changed = dict(row)
        if entry.chunks is None:
            del changed["text_revision"]
        target = paper_table.c.id == entry.paper.id
        connection.execute(paper_table.update().where(target).values(changed))
    for part in slices([paper_id for paper_id in ids if paper_id in there]):
        connection.execute(page_table.delete().where(page_table.c.paper_id.in_(part)))
    pages: list[_Row] = [
        {"paper_id": entry.paper.id, "page": page}
        for entry in entries
        for page in entry.paper.pages
    ]
    _insert(connection, page_table, pages)


def _paper_row(entry: Entry, revision: int) -> _Row:
    paper = entry.paper
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "date": paper.date,
        "n_authors": paper.n_authors,
        "authors": list(paper.authors),
        "organisation": paper.organisation,
        "url": paper.url,
        "extra": dict(paper.extra),
        "content_key": entry.content_key,
        "search": folded(f"{paper.title}\n{paper.abstract}"),
        "revision": revision,
        "text_revision": revision,
    }


def _write_chunks(connection: Connection, entries: Sequence[Entry], revision: int) -> None:
    changed = [entry for entry in entries if entry.chunks is not None]
    _bury_chunks(connection, [entry.paper.id for entry in changed], revision)
    rows = [row for entry in changed for row in chunk_rows(entry)]
    _unbury(connection, [str(row["id"]) for row in rows])
    _insert(connection, chunk_table, rows)
    _insert(connection, token_table, [row for entry in changed for row in piece_rows(entry)])


def chunk_rows(entry: Entry) -> Iterable[_Row]:
    """One row for each chunk, for ``chunks`` or ``staged_chunks``."""
    if entry.chunks is None or entry.embedded is None:
        return
    vectors = entry.embedded.vectors
    for position, (chunk, vector) in enumerate(zip(entry.chunks, vectors, strict=True)):
        yield {
            "id": chunk.id,
            "paper_id": chunk.paper_id,
            "position": position,
            "start": chunk.start,
            "end": chunk.end,
            "vector": vector.astype("<f4").tobytes(),
        }


def piece_rows(entry: Entry) -> Iterable[_Row]:
    """One row for each chunk whose pieces are known, for ``chunk_tokens`` or its staged twin."""
    if entry.chunks is None or entry.embedded is None:
        return ()
    return token_rows(entry.chunks, entry.embedded.tokens, entry.embedded.fingerprint)


def _insert(connection: Connection, table: sa.Table, rows: Sequence[_Row]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
