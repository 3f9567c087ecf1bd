"""Opens the file of conversations, or refuses one that isn't, before anything is written to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from index.database import Database
from index.errors import ConfigError
from ui.conversations.tables import APPLICATION, SCHEMA, metadata

_WAIT = 10.0  # seconds for another process that makes the same file


def opened(path: Path) -> Database:
    """The database of this file, which is made where there is none, for its owner only.

    Raises ConfigError, naming the file, where it is of a newer version, something else, damaged,
    or can't be read and written; it is left as it was then.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Before SQLite makes it: its journals take over these permissions.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        _check(path)
        return _connected(path)
    except (OSError, sqlite3.Error, DBAPIError) as error:
        said = getattr(error, "orig", None) or getattr(error, "strerror", None) or error
        message = f"conversations can't be kept in {path}: {said}; move the file away, or mend it"
        raise ConfigError(message) from error


def _check(path: Path) -> None:
    """Raises ConfigError for a file that is not ours to write to."""
    if path.stat().st_size == 0:
        return
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT)) as connection:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION and (owner or version or tables):
        raise ConfigError(f"{path} is another program's database; move it away to go on")
    _refuse_newer(path, version)


def _refuse_newer(path: Path, version: int) -> None:
    if version > SCHEMA:
        raise ConfigError(
            f"{path} holds conversations of a newer paperchat (format {version}, this one reads "
            f"{SCHEMA}); update paperchat, or move the file away"
        )


def _connected(path: Path) -> Database:
    database = Database.connect(path)
    sa.event.listen(database.engine, "connect", _set_up)
    try:
        with database.begin() as connection:
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            _refuse_newer(path, version)
            if version == 0:  # still: another process may have been faster
                _make(connection)
    except BaseException:
        database.close()
        raise
    return database


def _make(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _set_up(driver: sqlite3.Connection, _record: object) -> None:
    """What is deleted is overwritten; a power cut may cost the last answers, but not the file."""
    for pragma in ("secure_delete = ON", "synchronous = NORMAL"):
        driver.execute(f"PRAGMA {pragma}").close()
