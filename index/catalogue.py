"""The truth: papers, chunks, vectors and the manifest, in SQLite.

A database URL may name PostgreSQL instead; that is untested. The store's write lock is a file,
so it keeps apart the writers of one machine: from several machines, let one write.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from index.database import Database
from index.embedding import Vectors
from index.errors import ConfigError, IndexNotReady, ManifestMismatch
from index.tables import (
    ORDERS,
    SCHEMA,
    chunk_tokens,
    conditions,
    meta,
    metadata,
    ordering,
    staged_chunk_tokens,
)
from index.tables import chunks as chunk_table
from index.tables import paper_pages as page_table
from index.tables import papers as paper_table
from index.tables import tombstones as tombstone_table
from index.types import Chunk, Filters, Paper

_IDS_A_QUERY = 500
_PAPERS_A_STEP = 256
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a store was built with. ``embedder`` is None until the first paper is added."""

    store: str
    schema: int
    revision: int
    embedder: str | None = None
    fingerprint: str | None = None
    dimension: int | None = None
    chunking: str | None = None


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


@dataclass(frozen=True, slots=True)
class Facets:
    """Totals over the whole catalogue; ``pages`` maps a page's name to its number of papers."""

    papers: int
    chunks: int
    first_date: dt.date | None
    last_date: dt.date | None
    pages: Mapping[str, int]


class Catalogue:
    """Every exact question, answered in SQL. Safe to use from several threads.

    Changes are made through ``index.changes``, in one transaction each.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tokens = False  # whether the tables for word pieces were seen

    @classmethod
    def open(cls, place: Path | str, *, create: bool = True) -> Catalogue:
        """Open the SQLite file (a Path) or database URL (a str), making the tables if need be.

        Raises IndexNotReady where there is no catalogue (and ``create`` is False) or it can't be
        read, ManifestMismatch for one of a newer schema, ConfigError for a URL that means nothing.
        """
        catalogue = cls(Database.connect(place))
        try:
            catalogue._prepare(create=create)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def _prepare(self, *, create: bool) -> None:
        if not self._has_tables():
            if not create:
                raise IndexNotReady(f"there is no catalogue in {self._database.name}")
            with self.transaction() as connection:
                metadata.create_all(connection)
                first = {"schema": str(SCHEMA), "store": uuid.uuid4().hex, "revision": "0"}
                rows = [{"key": key, "value": value} for key, value in first.items()]
                connection.execute(meta.insert(), rows)
        schema = self.manifest().schema
        if schema > SCHEMA:
            raise ManifestMismatch(
                f"{self._database.name} was written by a newer paperchat (schema {schema};"
                f" this one knows up to {SCHEMA}): upgrade paperchat, or use another store"
            )

    def _has_tables(self) -> bool:
        with self.reading() as connection:
            return sa.inspect(connection).has_table(meta.name)

    def has_tokens(self) -> bool:
        """Whether there are tables for word pieces: stores of an earlier version lack them."""
        if not self._tokens:
            with self.reading() as connection:
                self._tokens = sa.inspect(connection).has_table(staged_chunk_tokens.name)
        return self._tokens

    def add_tables(self) -> None:
        """Make the tables that a store of an earlier version lacks. For a writer."""
        if not self.has_tokens():
            with self.transaction() as connection:
                metadata.create_all(connection, [chunk_tokens, staged_chunk_tokens])

    @property
    def url(self) -> str:
        """Where the catalogue is, without its password."""
        return self._database.name

    def close(self) -> None:
        """Let go of every connection."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state. Raises IndexNotReady when that fails."""
        try:
            with self._database.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise self._translated(error) from error
        except UnicodeEncodeError as error:
            raise ConfigError("half a surrogate pair is no text to look for") from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, durable when it ends without an error. Raises IndexNotReady."""
        try:
            with self._database.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise self._translated(error) from error

    def _translated(self, error: SQLAlchemyError) -> IndexNotReady:
        cause = str(getattr(error, "orig", error)).strip().splitlines()
        return IndexNotReady(
            f"the catalogue {self._database.name} can't be used: {cause[0] if cause else error}"
        )

    def changed(self) -> bool:
        """Whether anything was committed since the last call. Microseconds on SQLite."""
        try:
            return self._database.changed()
        except DBAPIError as error:
            raise self._translated(error) from error

    def manifest(self) -> Manifest:
        """What the store was built with, and its revision."""
        with self.reading() as connection:
            return read_manifest(connection)

    def revision(self) -> int:
        """Counts the commits that changed papers."""
        with self.reading() as connection:
            return read_revision(connection)

    def get(self, paper_id: str) -> Paper | None:
        """The paper, or None."""
        return self.get_many([paper_id]).get(paper_id)

    def get_many(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """Those of the papers that are there, in the order asked for."""
        found: dict[str, Paper] = {}
        with self.reading() as connection:
            for ids in _slices(paper_ids):
                rows = connection.execute(paper_table.select().where(paper_table.c.id.in_(ids)))
                found |= _papers(connection, rows.all())
        return {paper_id: found[paper_id] for paper_id in paper_ids if paper_id in found}

    def count(self, filters: Filters | None = None) -> int:
        """The number of papers that meet the conditions."""
        query = sa.select(sa.func.count()).select_from(paper_table)
        with self.reading() as connection:
            return int(connection.execute(query.where(*_where(filters))).scalar_one())

    def chunk_count(self) -> int:
        """The number of chunks of all papers."""
        with self.reading() as connection:
            query = sa.select(sa.func.count()).select_from(chunk_table)
            return int(connection.execute(query).scalar_one())

    def query(
        self,
        filters: Filters | None = None,
        *,
        order: str = "date",
        descending: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Paper]:
        """The papers that meet the conditions; those that lack what is ordered by come last.

        ``order``: "date", "title", "n_authors" or "id"; ConfigError for another one.
        """
        if order not in ORDERS:
            raise ConfigError(f"papers can't be ordered by {order!r}; take {', '.join(ORDERS)}")
        query = paper_table.select().where(*_where(filters))
        query = query.order_by(*ordering(order, descending=descending))
        if limit is not None or offset:
            query = query.limit(2**31 if limit is None else limit).offset(offset)
        with self.reading() as connection:
            rows = connection.execute(query).all()
            papers: dict[str, Paper] = {}
            for part in _slices(rows):
                papers |= _papers(connection, part)
        return list(papers.values())

    def ids(self, filters: Filters | None = None) -> list[str]:
        """The ids of the papers that meet the conditions, sorted."""
        query = sa.select(paper_table.c.id).where(*_where(filters)).order_by(paper_table.c.id)
        with self.reading() as connection:
            return list(connection.execute(query).scalars())

    def ids_by_content(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """Content key -> ids of the papers that have it, sorted."""
        found: dict[str, list[str]] = {}
        columns = paper_table.c.content_key, paper_table.c.id
        with self.reading() as connection:
            for part in _slices(keys):
                query = sa.select(*columns).where(paper_table.c.content_key.in_(part))
                for key, paper_id in connection.execute(query.order_by(paper_table.c.id)):
                    found.setdefault(key, []).append(paper_id)
        return found

    def facets(self) -> Facets:
        """Totals, and how many papers each page has."""
        dates = sa.select(sa.func.min(paper_table.c.date), sa.func.max(paper_table.c.date))
        pages = sa.select(page_table.c.page, sa.func.count()).group_by(page_table.c.page)
        with self.reading() as connection:
            first, last = connection.execute(dates).one()
            counts = {
                page: int(number)
                for page, number in connection.execute(pages.order_by(page_table.c.page))
            }
        return Facets(self.count(), self.chunk_count(), first, last, counts)

    def stored_chunks(self, paper_ids: Sequence[str]) -> dict[str, StoredChunks]:
        """Those of the papers that are there, each with its chunks and vectors."""
        found: dict[str, StoredChunks] = {}
        with self.reading() as connection:
            for ids in _slices(paper_ids):
                rows = connection.execute(paper_table.select().where(paper_table.c.id.in_(ids)))
                found |= _with_chunks(connection, _papers(connection, rows.all()))
        return found

    def sample_vectors(self) -> list[Vectors]:
        """Vectors of a few chunks: from both ends of the ids, and from the latest change."""
        column, vector = chunk_table.c.id, chunk_table.c.vector
        latest = sa.select(paper_table.c.id).order_by(paper_table.c.text_revision.desc()).limit(1)
        queries = [
            sa.select(vector).order_by(column),
            sa.select(vector).order_by(column.desc()),
            sa.select(vector).where(chunk_table.c.paper_id.in_(latest)),
        ]
        with self.reading() as connection:
            found = [connection.execute(query.limit(1)).scalar() for query in queries]
        return [_matrix([blob])[0] for blob in found if blob is not None]

    def texts_changed_since(self, revision: int) -> Iterator[list[StoredChunks]]:
        """Papers whose chunks changed after a revision, in steps that fit into memory."""
        columns = paper_table.c.text_revision, paper_table.c.id
        last = revision, "\U0010ffff"
        while True:
            query = paper_table.select().where(sa.tuple_(*columns) > sa.tuple_(*last))
            with self.reading() as connection:
                rows = connection.execute(query.order_by(*columns).limit(_PAPERS_A_STEP)).all()
                if not rows:
                    return
                step = _with_chunks(connection, _papers(connection, rows))
            yield list(step.values())
            last = rows[-1].text_revision, rows[-1].id

    def removed_since(self, revision: int) -> tuple[list[str], list[str]]:
        """(ids of chunks, ids of papers) that are gone since a revision and have not come back."""
        dead = sa.select(tombstone_table.c.chunk_id, tombstone_table.c.paper_id)
        dead = dead.where(tombstone_table.c.revision > revision)
        with self.reading() as connection:
            rows = connection.execute(dead).all()
            paper_ids = list(dict.fromkeys(row.paper_id for row in rows))
            alive: set[str] = set()
            for ids in _slices(paper_ids):
                query = sa.select(paper_table.c.id).where(paper_table.c.id.in_(ids))
                alive.update(connection.execute(query).scalars())
        return [row.chunk_id for row in rows], [i for i in paper_ids if i not in alive]


def read_manifest(connection: Connection) -> Manifest:
    """The manifest as the transaction sees it."""
    rows = connection.execute(sa.select(meta.c.key, meta.c.value))
    values: dict[str, str] = {row.key: row.value for row in rows}
    try:
        return Manifest(
            store=values["store"],
            schema=int(values["schema"]),
            revision=int(values["revision"]),
            embedder=values.get("embedder"),
            fingerprint=values.get("fingerprint"),
            dimension=int(values["dimension"]) if "dimension" in values else None,
            chunking=values.get("chunking"),
        )
    except (KeyError, ValueError) as error:
        raise IndexNotReady("the catalogue's manifest is damaged; restore the store") from error


def read_revision(connection: Connection, *, lock: bool = False) -> int:
    """The revision as the transaction sees it.

    ``lock``: keep other transactions from changing it, on a database that locks rows; SQLite
    has one writer at a time anyway.
    """
    query = sa.select(meta.c.value).where(meta.c.key == "revision")
    if lock:
        query = query.with_for_update()  # SQLAlchemy leaves it out for SQLite
    return int(connection.execute(query).scalar_one())


def _where(filters: Filters | None) -> list[sa.ColumnElement[bool]]:
    return [] if filters is None else conditions(filters)


def _slices(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), _IDS_A_QUERY):
        yield items[start : start + _IDS_A_QUERY]


def _papers(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, Paper]:
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


def _with_chunks(connection: Connection, papers: Mapping[str, Paper]) -> dict[str, StoredChunks]:
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
        paper_id: StoredChunks(paper, chunks[paper_id], _matrix(vectors[paper_id]))
        for paper_id, paper in papers.items()
    }


def _matrix(blobs: Sequence[bytes]) -> Vectors:
    """Shape (len(blobs), dimension)."""
    flat = np.frombuffer(b"".join(blobs), dtype="<f4").astype(np.float32, copy=False)
    return flat.reshape(len(blobs), -1) if blobs else flat.reshape(0, 0)
