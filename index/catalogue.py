"""The truth: papers, chunks, vectors and the manifest, in SQLite.

A database URL may name PostgreSQL instead; that is untested. The store's write lock is a file,
so it keeps apart the writers of one machine: from several machines, let one write.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from index.database import Database, slices
from index.embedding import Vectors
from index.errors import ConfigError, IndexNotReady, ManifestMismatch
from index.exact import ExactQuestions
from index.manifest import Manifest, read_manifest, read_revision
from index.rows import StoredChunks, matrix, papers_of, with_chunks
from index.tables import SCHEMA, chunk_tokens, meta, metadata, staged_chunk_tokens
from index.tables import chunks as chunk_table
from index.tables import paper_pages as page_table
from index.tables import papers as paper_table
from index.tables import tombstones as tombstone_table

__all__ = ["Catalogue", "Facets", "Manifest", "StoredChunks", "read_revision"]

_PAPERS_A_STEP = 256


@dataclass(frozen=True, slots=True)
class Facets:
    """Totals over the whole catalogue; ``pages`` maps a page's name to its number of papers."""

    papers: int
    chunks: int
    first_date: dt.date | None
    last_date: dt.date | None
    pages: Mapping[str, int]


class Catalogue(ExactQuestions):
    """Every exact question, answered in SQL. Safe to use from several threads.

    Changes are made through ``index.changes``, in one transaction each.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(self.reading)
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

    def close(self) -> None:
        """Let go of every connection."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state.

        Raises IndexNotReady when that fails, ConfigError for half a surrogate pair.
        """
        with self._telling(), self._database.engine.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, durable when it ends without an error. Raises what ``reading`` does."""
        with self._telling(), self._database.begin() as connection:
            yield connection

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._translated(error) from error
        except UnicodeEncodeError as error:
            raise ConfigError("half a surrogate pair is no text to look for") from error

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

    def chunk_count(self) -> int:
        """The number of chunks of all papers."""
        with self.reading() as connection:
            query = sa.select(sa.func.count()).select_from(chunk_table)
            return int(connection.execute(query).scalar_one())

    def ids_by_content(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """Content key -> ids of the papers that have it, sorted."""
        found: dict[str, list[str]] = {}
        columns = paper_table.c.content_key, paper_table.c.id
        with self.reading() as connection:
            for part in slices(keys):
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
            for ids in slices(paper_ids):
                rows = connection.execute(paper_table.select().where(paper_table.c.id.in_(ids)))
                found |= with_chunks(connection, papers_of(connection, rows.all()))
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
        return [matrix([blob])[0] for blob in found if blob is not None]

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
                step = with_chunks(connection, papers_of(connection, rows))
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
            for ids in slices(paper_ids):
                query = sa.select(paper_table.c.id).where(paper_table.c.id.in_(ids))
                alive.update(connection.execute(query).scalars())
        return [row.chunk_id for row in rows], [i for i in paper_ids if i not in alive]
