"""What a store says it was built with: rows of the catalogue's ``meta``."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from index.chunking import Chunking
from index.embedding import Embedder
from index.errors import IndexNotReady, ManifestMismatch
from index.tables import meta


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


def check(manifest: Manifest, embedder: Embedder, chunking: Chunking, location: str) -> None:
    """Raises ManifestMismatch for a store that was built with something else."""
    # Not the dimension: a remote embedder would have to ask its endpoint. The fingerprint
    # stands for it, and `nearest` and the commits look at the vectors themselves.
    if manifest.fingerprint is None:
        return
    if manifest.fingerprint != embedder.fingerprint:
        was, now = manifest.embedder, embedder.spec
        what = f"embedder {was}, not {now}" if was != now else f"another version of embedder {was}"
    elif manifest.chunking != chunking.name:
        what = f"chunking {manifest.chunking}, not {chunking.name}"
    else:
        return
    raise ManifestMismatch(
        f"the store at {location} was built with {what}:"
        " rebuild it with paperchat index --rebuild, or open it with what it was built with"
    )
