"""Where each paper lies among the others: one direction a paper."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from index.embedding import Vectors
from index.rows import matrix
from index.tables import chunks as chunk_table

_ROWS_A_STEP = 2_000


def centroids(connection: Connection) -> tuple[tuple[str, ...], Vectors]:
    """(paper ids, sorted; the directions of their chunks' sums, shape (papers, dimension)).

    Rows have length 1, or 0 where a paper's chunks cancel out. Holds one vector a paper, and of
    the chunks' only those of a step.
    """
    c = chunk_table.c
    query = sa.select(c.paper_id, c.vector).order_by(c.paper_id, c.position)
    rows = connection.execute(query, execution_options={"yield_per": _ROWS_A_STEP})
    ids: list[str] = []
    sums: list[Vectors] = []
    for paper_id, mine in groupby(rows, key=lambda row: str(row.paper_id)):
        ids.append(paper_id)
        sums.append(matrix([row.vector for row in mine]).sum(axis=0))
    if not sums:
        return (), np.zeros((0, 0), np.float32)
    found = np.stack(sums)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return tuple(ids), (found / np.maximum(lengths, 1e-9)).astype(np.float32, copy=False)
