"""Questions with one right answer: which papers are there, and which meet some conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from index.database import slices
from index.errors import ConfigError
from index.rows import papers_of
from index.tables import ORDERS, bounded, conditions, ordering
from index.tables import papers as paper_table
from index.types import Filters, Paper


class ExactQuestions:
    """Answered in SQL, each over one consistent state. What a catalogue and a store both tell.

    ``reading`` opens a connection that is closed when its context ends.
    """

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._reading = reading

    def get(self, paper_id: str) -> Paper | None:
        """The paper, or None."""
        return self.get_many([paper_id]).get(paper_id)

    def get_many(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """Those of the papers that are there, in the order asked for."""
        found: dict[str, Paper] = {}
        with self._reading() as connection:
            for ids in slices(paper_ids):
                rows = connection.execute(paper_table.select().where(paper_table.c.id.in_(ids)))
                found |= papers_of(connection, rows.all())
        return {paper_id: found[paper_id] for paper_id in paper_ids if paper_id in found}

    def count(self, filters: Filters | None = None) -> int:
        """The number of papers that meet the conditions."""
        query = sa.select(sa.func.count()).select_from(paper_table)
        with self._reading() as connection:
            return int(connection.execute(query.where(*_where(filters))).scalar_one())

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

        ``order``: "date", "title", "n_authors" or "id"; ConfigError for another one. ``limit``
        and ``offset`` may be of any size; below 0 they count as 0.
        """
        if order not in ORDERS:
            raise ConfigError(f"papers can't be ordered by {order!r}; take {', '.join(ORDERS)}")
        query = paper_table.select().where(*_where(filters))
        query = query.order_by(*ordering(order, descending=descending))
        if limit is not None or offset:
            most = bounded(2**31 if limit is None else limit)
            query = query.limit(most).offset(bounded(offset))
        with self._reading() as connection:
            rows = connection.execute(query).all()
            papers: dict[str, Paper] = {}
            for part in slices(rows):
                papers |= papers_of(connection, part)
        return list(papers.values())

    def ids(self, filters: Filters | None = None) -> list[str]:
        """The ids of the papers that meet the conditions, sorted."""
        query = sa.select(paper_table.c.id).where(*_where(filters)).order_by(paper_table.c.id)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())


def _where(filters: Filters | None) -> list[sa.ColumnElement[bool]]:
    return [] if filters is None else conditions(filters)
