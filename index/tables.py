"""The catalogue's tables, and filters as SQL.

Written for SQLite and tested there. They use nothing that PostgreSQL lacks, but nobody has run
them on it yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    or_,
    select,
)

from index.text import folded
from index.types import Filters

SCHEMA = 1

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text))

# ``revision`` is the commit that last changed anything of a paper, ``text_revision`` the one
# that last changed its chunks: only the latter matters to the derived indexes.
papers = Table(
    "papers",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("date", Date),
    Column("n_authors", Integer),
    Column("authors", JSON, nullable=False),
    Column("organisation", Text),
    Column("url", Text),
    Column("extra", JSON, nullable=False),
    Column("content_key", String, nullable=False, index=True),
    Column("search", Text, nullable=False),  # folded, since SQLite's LOWER knows ASCII only
    Column("revision", Integer, nullable=False),
    Column("text_revision", Integer, nullable=False),
    Index("papers_by_date", "date", "id"),
    Index("papers_by_text_revision", "text_revision", "id"),
)

paper_pages = Table(
    "paper_pages",
    metadata,
    Column("paper_id", ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True),
    Column("page", String, primary_key=True, index=True),
)


def _chunk_columns() -> list[Column[object]]:
    columns: list[Column[object]] = [
        Column("id", String, primary_key=True),
        Column("paper_id", ForeignKey("papers.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("position", Integer, nullable=False),
        Column("start", Integer, nullable=False),
        Column("end", Integer, nullable=False),
        Column("vector", LargeBinary, nullable=False),  # float32, little-endian
    ]
    return columns


chunks = Table("chunks", metadata, *_chunk_columns())

# Where rebuild() collects new chunks until all papers are done.
staged_chunks = Table("staged_chunks", metadata, *_chunk_columns())


def _token_columns(chunk_id: str) -> list[Column[object]]:
    columns: list[Column[object]] = [
        Column("chunk_id", ForeignKey(chunk_id, ondelete="CASCADE"), primary_key=True),
        Column("fingerprint", String, nullable=False),  # of what made the vectors
        Column("offsets", LargeBinary, nullable=False),  # int32, little-endian
        Column("vectors", LargeBinary, nullable=False),  # int8, row after row
    ]
    return columns


# Word pieces for late interaction. A store of an earlier version lacks these two tables, or
# rows for some of its chunks; such papers' pieces are worked out when a question needs them.
chunk_tokens = Table("chunk_tokens", metadata, *_token_columns("chunks.id"))
staged_chunk_tokens = Table("staged_chunk_tokens", metadata, *_token_columns("staged_chunks.id"))

tombstones = Table(
    "tombstones",
    metadata,
    Column("chunk_id", String, primary_key=True),
    Column("paper_id", String, nullable=False),
    Column("revision", Integer, nullable=False, index=True),
)


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """One SQL condition for each that is set; all must hold."""
    built: list[ColumnElement[bool]] = []
    if filters.since is not None:
        built.append(papers.c.date >= filters.since)
    if filters.until is not None:
        built.append(papers.c.date <= filters.until)
    if filters.min_authors is not None:
        built.append(papers.c.n_authors >= bounded(filters.min_authors, -1))
    if filters.max_authors is not None:
        built.append(papers.c.n_authors <= bounded(filters.max_authors, -1))
    if filters.pages:
        starts = [_starts_with(page) for page in filters.pages]
        pages = select(paper_pages.c.paper_id).where(or_(*starts))
        built.append(papers.c.id.in_(pages))
    for word in filters.words:
        built.append(papers.c.search.contains(folded(word), autoescape=True))
    return built


def bounded(number: int, least: int = 0) -> int:
    """The nearest number from ``least`` to 2^31, which is beyond all counts of papers and people.

    What a condition or limit means stays the same; larger ones than 2^63 are no SQL.
    """
    return int(min(max(number, least), 2**31))


def _starts_with(beginning: str) -> ColumnElement[bool]:
    # Not LIKE, which takes capitals for small letters on SQLite.
    return func.substr(paper_pages.c.page, 1, len(beginning)) == beginning


_ORDERS: dict[str, Callable[[], ColumnElement[object]]] = {
    "date": lambda: papers.c.date,
    "title": lambda: papers.c.title,
    "n_authors": lambda: papers.c.n_authors,
    "id": lambda: papers.c.id,
}
ORDERS = tuple(_ORDERS)


def ordering(order: str, *, descending: bool) -> list[ColumnElement[Any]]:
    """Unknown values last either way; ties by id, so that pages of a list never overlap."""
    column = _ORDERS[order]()
    directed = column.desc() if descending else column.asc()
    if order == "id":
        return [directed]
    return [column.is_(None), directed, papers.c.id.asc()]
