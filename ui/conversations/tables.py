"""The tables of the conversations file."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA = 1
APPLICATION = 0x70634376  # "pcCv", which tells the file from other programs' databases

metadata = MetaData()

# ``begun`` is the highest number that any exchange has had: numbers are never used twice, so that
# a rating goes on meaning the answer that was rated. ``updated`` is in seconds since 1970.
conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("user", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("search", Text, nullable=False),  # folded, since SQLite's LOWER knows ASCII only
    Column("renamed", Boolean, nullable=False),
    Column("begun", Integer, nullable=False),
    Column("updated", Float, nullable=False),
    Index("conversations_by_user", "user", "updated"),
)


def _whose() -> Column[object]:
    return Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"))


def _exchange() -> list[Column[object]]:
    """One exchange. What a reader needs most stands outside of ``value``, in case that one day
    nobody can decode it."""
    columns: list[Column[object]] = [
        Column("number", Integer, nullable=False),
        Column("status", String, nullable=False),
        Column("question", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("value", LargeBinary, nullable=False),
    ]
    return columns


exchanges = Table(
    "exchanges",
    metadata,
    Column("row", Integer, primary_key=True),
    _whose(),
    Column("search", Text, nullable=False),
    *_exchange(),
    UniqueConstraint("conversation", "number"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("row", Integer, primary_key=True),
    _whose(),
    Column("up", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("rated", Float, nullable=False),
    Column("history", LargeBinary, nullable=False),
    *_exchange(),
    UniqueConstraint("conversation", "number"),
)
