"""One SQLAlchemy engine, set up so that a commit is durable and a writer never half-waits."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from index.errors import ConfigError
from index.tables import meta

_BUSY_MS = 10_000
_A_STATEMENT = 500
_Item = TypeVar("_Item")


class Database:
    """An engine and a cheap way to learn of other connections' commits."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self._watch_lock = threading.Lock()
        self._watch: Connection | None = None
        self._version: int | None = None

    @classmethod
    def connect(cls, place: Path | str) -> Database:
        """A SQLite file (Path) or a database URL (str). Opens no connection yet."""
        if isinstance(place, Path):
            url = URL.create("sqlite", database=str(place))
            name = str(place)
        else:
            url = _parsed(place)
            name = url.render_as_string(hide_password=True)
        try:
            engine = sa.create_engine(url)
        except (NoSuchModuleError, ImportError) as error:
            message = f"no driver for the catalogue {name}; for PostgreSQL: pip install psycopg"
            raise ConfigError(message) from error
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _set_up_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        return cls(engine, name)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A writing transaction; on SQLite it takes the write lock at once."""
        immediate = self.engine.execution_options(immediate=True)
        with immediate.begin() as connection:
            yield connection

    def changed(self) -> bool:
        """Whether another connection committed since the last call; True on the first."""
        with self._watch_lock:
            version = self._data_version()
            changed = version != self._version
            self._version = version
            return changed

    def _data_version(self) -> int:
        if self.engine.dialect.name != "sqlite":
            with self.engine.connect() as connection:
                query = sa.select(meta.c.value).where(meta.c.key == "revision")
                return int(connection.execute(query).scalar_one())
        if self._watch is None:
            self._watch = self.engine.connect()
        # Straight to the driver: two microseconds in place of a hundred.
        driver: Any = self._watch.connection.driver_connection
        (version,) = driver.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        """Close every connection."""
        with self._watch_lock:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        self.engine.dispose()


def slices(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Parts of at most 500: databases bound the number of parameters in one statement."""
    for start in range(0, len(items), _A_STATEMENT):
        yield items[start : start + _A_STATEMENT]


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "the catalogue's address is no database URL; write it as postgresql+psycopg://..."
        ) from error


def _set_up_sqlite(driver: sqlite3.Connection, _record: object) -> None:
    driver.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        driver.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
