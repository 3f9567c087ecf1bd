"""Each user's conversations and ratings, in one SQLite file for each user of the machine."""

from __future__ import annotations

import builtins
import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from index.database import Database
from index.text import folded, well_formed
from ui.conversations.opening import opened
from ui.conversations.packing import (
    packed,
    packed_turns,
    reopened,
    shortened,
    unpacked,
    unpacked_turns,
)
from ui.conversations.tables import conversations, exchanges, ratings
from ui.conversations.types import NotKept, Rating, Summary
from ui.view import Conversation, Exchange

FILE = "conversations.sqlite3"
_LONGEST_TITLE = 200
_LONGEST_NOTE = 4_000
_MOST_WORDS = 8  # of a search
_NEVER_USED = 30 * 24 * 3600.0  # seconds until a conversation that never began is forgotten
_A_READ = 50  # ratings


class ConversationStore:
    """Conversations by user and id. Threads and processes may share the file.

    A user is any string, "" where there are no accounts; what is another user's is not there,
    whatever id is given. Every call may raise NotKept where the file can't be read or written.
    """

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self._writing = threading.Lock()

    @classmethod
    def open(
        cls, path: Path | None = None, *, now: Callable[[], float] = time.time
    ) -> ConversationStore:
        """The store in this file, by default the one in the user's own folder.

        Raises ConfigError, naming the file, where it is of a newer version or something else.
        """
        place = path or user_data_path("paperchat", appauthor=False) / FILE
        return cls(opened(place), now=now)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def list(self, user: str, *, limit: int | None = None, search: str = "") -> tuple[Summary, ...]:
        """The user's conversations that have an exchange, the one added to last first.

        ``search``: words that must all occur in the title, the questions or the answers, as
        substrings without regard to case.
        """
        turns = select(func.count()).where(exchanges.c.conversation == conversations.c.id)
        turn_count = turns.scalar_subquery()
        c = conversations.c
        wanted = (
            select(c.id, c.title, c.updated, turn_count)
            .where(c.user == user, turn_count > 0, *_mentioning(search))
            .order_by(c.updated.desc(), c.id)
            .limit(limit)
        )
        with self._transaction() as connection:
            rows = connection.execute(wanted).all()
        return tuple(Summary(row[0], row[1], _moment(row[2]), row[3]) for row in rows)

    def start(self, user: str) -> str:
        """The id of a new conversation, which is listed once it has an exchange."""
        new, now = uuid.uuid4().hex, self._now()
        values = {"id": new, "user": user, "title": "", "search": "", "renamed": False}
        c = conversations.c
        with self._transaction(writing=True) as connection:
            long_ago = c.updated < now - _NEVER_USED
            connection.execute(delete(conversations).where(c.user == user, c.begun == 0, long_ago))
            connection.execute(insert(conversations).values(**values, begun=0, updated=now))
        return new

    def keep(self, user: str, conversation: str, exchange: Exchange, *, first: bool = False) -> int:
        """Keeps an exchange that has ended, in place of an earlier one of its number.

        Kept for the ``first`` time, it takes nobody's place: where its number was given to another
        one meanwhile, as by a second tab, it gets the next. Returns its number. Where a title has
        not been given, it is the beginning of the first question. Raises NotKept where the
        conversation is not there (any more), ValueError for a running exchange.
        """
        value = packed(exchange)
        question, text = well_formed(exchange.question), well_formed(exchange.text)
        row = {
            "conversation": conversation,
            "search": folded(f"{question}\n{text}"),
            "status": exchange.status,
            "question": question,
            "text": text,
            "value": value,
        }
        with self._transaction(writing=True) as connection:
            begun = self._owned(connection, user, conversation).begun
            taken = first and exchange.number <= begun
            number = begun + 1 if taken else exchange.number
            own = {"value": packed(replace(exchange, number=number))} if taken else {}
            _put(connection, exchanges, row | own | {"number": number})
            begun = max(begun, number)
            change = {"begun": begun, "updated": self._now()}
            connection.execute(_this(conversation).values(change))
            _retitle(connection, conversation)
        return number

    def drop(self, user: str, conversation: str, numbers: Iterable[int]) -> None:
        """Removes the exchanges of these numbers; ratings of them stay."""
        e = exchanges.c
        gone = and_(e.conversation == conversation, e.number.in_(builtins.list(numbers)))
        with self._transaction(writing=True) as connection:
            self._owned(connection, user, conversation)
            connection.execute(delete(exchanges).where(gone))

    def load(self, user: str, conversation: str) -> Conversation:
        """The conversation as it was kept. Raises NotKept where there is none.

        An exchange that can't be decoded, as one of another version, is its question and its text
        with a note. Numbers that were given once are not given again.
        """
        with self._transaction() as connection:
            begun = self._owned(connection, user, conversation).begun
            rows = _exchanges_of(connection, conversation)
        return reopened(map(_exchange, rows), conversation, begun)

    def rename(self, user: str, conversation: str, title: str) -> None:
        """Gives a title, which stays; an empty one gives it back to the first question."""
        given = well_formed(" ".join(title.split()))[:_LONGEST_TITLE]
        change = {"title": given, "search": folded(given), "renamed": bool(given)}
        with self._transaction(writing=True) as connection:
            self._owned(connection, user, conversation)
            connection.execute(_this(conversation).values(change))
            _retitle(connection, conversation)

    def delete(self, user: str, conversation: str) -> None:
        """Deletes a conversation with its exchanges and ratings, from the disk too."""
        c = conversations.c
        with self._transaction(writing=True) as connection:
            found = delete(conversations).where(c.id == conversation, c.user == user)
            if not connection.execute(found).rowcount:
                return
        with self._told(), self._database.engine.connect() as connection:
            # What was deleted stands in the journal until that is emptied.
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rate(
        self, user: str, conversation: str, number: int, up: bool | None, note: str = ""
    ) -> None:
        """Keeps a thumb with the whole answer and what came before; None takes it back.

        The copy outlives ``drop``, so that an answer which was asked for again stays rated;
        deleting the conversation deletes it. Raises NotKept where there is no such answer.
        """
        with self._transaction(writing=True) as connection:
            self._owned(connection, user, conversation)
            if up is None:
                c = ratings.c
                mine = and_(c.conversation == conversation, c.number == number)
                connection.execute(delete(ratings).where(mine))
                return
            rows = {row.number: row for row in _exchanges_of(connection, conversation)}
            if number not in rows:
                raise NotKept(f"the conversation has no answer {number} (any more) to rate")
            before = Conversation(_exchange(row) for n, row in rows.items() if n < number)
            copied = {name: getattr(rows[number], name) for name in _COPIED}
            given = {"up": up, "note": well_formed(note)[:_LONGEST_NOTE], "rated": self._now()}
            history = {"history": packed_turns(before.history())}
            _put(connection, ratings, {"conversation": conversation} | copied | given | history)

    def thumbs(self, user: str, conversation: str) -> Mapping[int, bool]:
        """Exchange number -> whether its thumb points up, for those that are rated."""
        with self._transaction() as connection:
            self._owned(connection, user, conversation)
            mine = ratings.c.conversation == conversation
            rows = connection.execute(select(ratings.c.number, ratings.c.up).where(mine)).all()
        return {row.number: row.up for row in rows}

    def ratings(self, user: str | None = None) -> Iterator[Rating]:
        """The ratings of a user, or of all, in the order in which they were first given."""
        wanted = select(ratings, conversations.c.user).join(conversations).order_by(ratings.c.row)
        if user is not None:
            wanted = wanted.where(conversations.c.user == user)
        last = -1
        while True:
            with self._transaction() as connection:  # none is open while the caller works
                part = connection.execute(wanted.where(ratings.c.row > last).limit(_A_READ)).all()
            if not part:
                return
            yield from map(_rating, part)
            last = part[-1].row

    def _owned(self, connection: Connection, user: str, conversation: str) -> Row[Any]:
        """The conversation's row. Raises NotKept where this user has none of this id."""
        c = conversations.c
        wanted = select(conversations).where(c.id == conversation, c.user == user)
        found = connection.execute(wanted).one_or_none()
        if found is None:
            raise NotKept("this conversation is not here; it may have been deleted elsewhere")
        return found

    @contextmanager
    def _transaction(self, *, writing: bool = False) -> Iterator[Connection]:
        begin = self._database.begin if writing else self._database.engine.begin
        # In turns: SQLite lets those who find it locked sleep, and look again, later and later.
        with self._told(), self._writing if writing else nullcontext(), begin() as connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database as NotKept."""
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            said = getattr(error, "orig", None) or error
            raise NotKept(
                f"{self._database.name} can't be read or written now: {said}; "
                "check the disk's space and the file's permissions, and try again"
            ) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise NotKept("nothing can be kept under such a name or number") from error


_COPIED = ("number", "status", "question", "text", "value")


def _this(conversation: str) -> Any:  # noqa: ANN401 - SQLAlchemy's Update
    return update(conversations).where(conversations.c.id == conversation)


def _put(connection: Connection, table: Any, row: Mapping[str, object]) -> None:  # noqa: ANN401
    """Inserts the row, or puts it in place of the one with its conversation and number."""
    statement = insert(table).values(row)
    keys = ("conversation", "number")
    others = {name: statement.excluded[name] for name in row if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))


def _retitle(connection: Connection, conversation: str) -> None:
    """Gives a conversation that nobody named the beginning of its first question as its title."""
    e, c = exchanges.c, conversations.c
    first = select(e.question).where(e.conversation == conversation).order_by(e.number).limit(1)
    question = connection.execute(first).scalar_one_or_none() or ""
    title = shortened(question)
    change = _this(conversation).where(~c.renamed, c.title != title)
    connection.execute(change.values(title=title, search=""))


def _exchanges_of(connection: Connection, conversation: str) -> builtins.list[Row[Any]]:
    e = exchanges.c
    columns = (e[name] for name in _COPIED)
    wanted = select(*columns).where(e.conversation == conversation).order_by(e.number)
    return builtins.list(connection.execute(wanted).all())


def _mentioning(search: str) -> Iterator[ColumnElement[bool]]:
    """One condition for each word: that it is in the title or in one of the exchanges."""
    e, c = exchanges.c, conversations.c
    for word in folded(well_formed(search)).split()[:_MOST_WORDS]:
        said = exists().where(e.conversation == c.id, func.instr(e.search, word) > 0)
        yield or_(func.instr(c.search, word) > 0, said)


def _exchange(row: Row[Any]) -> Exchange:
    return unpacked(
        row.value, number=row.number, question=row.question, status=row.status, text=row.text
    )


def _rating(row: Row[Any]) -> Rating:
    return Rating(
        user=row.user,
        conversation=row.conversation,
        number=row.number,
        up=row.up,
        note=row.note,
        rated=_moment(row.rated),
        exchange=_exchange(row),
        history=unpacked_turns(row.history),
    )


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
