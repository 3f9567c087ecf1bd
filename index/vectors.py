"""Chroma behind one small class: in a folder, on a server, or in Chroma Cloud.

The only file that imports chromadb. Vectors come from us, never from an embedding function of
Chroma's. Its errors become IndexNotReady (no connection, no access) or IndexBroken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from index import spellings
from index.embedding import Vectors
from index.errors import ConfigError, IndexNotReady, PaperchatError
from index.server import Server
from index.stamp import IndexBroken, Stamp
from index.telemetry import switch_off
from index.types import Chunk

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.config import Settings

COLLECTION = "papers"
# More links than Chroma's 16 and 100: near-equal texts, and rows that were replaced often, stay
# within reach; filling takes no longer, since most of its time goes into Chroma's own SQLite.
_HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
}
_PATIENCE = 120.0  # seconds for one request to a server


class VectorIndex:
    """A collection: one row a chunk, with its id, vector, text, paper id and offsets."""

    def __init__(self, client: Client, collection: Collection, name: str, spelling: str) -> None:
        self._client = client
        self._collection = collection
        self._name = name
        self._spelling = spelling
        self.closed = False
        self._batch = max(1, min(5_461, client.get_max_batch_size()))

    @classmethod
    def open(
        cls, place: Path | Server, *, create: bool = False, stamp: Stamp | None = None
    ) -> VectorIndex | None:
        """The collection, or None where there is none; with ``create``, a new and empty one.

        ``stamp`` is written on a collection that is created. A folder is opened anew each time,
        never from Chroma's cache of clients, which doesn't see what other processes wrote.
        """
        name = str(place) if isinstance(place, Path) else place.name
        spelling = spellings.take(place) if isinstance(place, Path) else ""
        with _translated(name), ExitStack() as undo:
            undo.callback(spellings.give_back, spelling)
            if isinstance(place, Server):
                client = _server_client(place)
            else:
                client = _folder_client(spelling)
            undo.callback(_close, client)
            collection = _collection(client, create, stamp)
            if collection is None:
                return None
            index = cls(client, collection, name, spelling)
            undo.pop_all()  # the index closes them
            return index

    def close(self) -> None:
        """Let go of files and connections. Queries in other threads fail with IndexBroken."""
        self.closed = True
        with _translated(self._name), ExitStack() as undo:
            undo.callback(spellings.give_back, self._spelling)
            _close(self._client)

    def stamp(self) -> Stamp | None:
        """What the collection says it was built from; None if it says nothing of the kind."""
        metadata = self._collection.metadata or {}
        store, revision = metadata.get("store"), metadata.get("revision")
        if isinstance(store, str) and isinstance(revision, int):
            return Stamp(store, revision)
        return None

    def reread(self) -> bool:
        """Ask for the collection again, since others may have replaced it; False if it is gone."""
        with _translated(self._name):
            collection = _collection(self._client, create=False, stamp=None)
            self._collection = collection or self._collection
            return collection is not None

    def set_stamp(self, stamp: Stamp) -> None:
        """Write on the collection what it was built from."""
        with _translated(self._name):
            self._collection.modify(metadata={"store": stamp.store, "revision": stamp.revision})

    def upsert(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Write rows, replacing those of the same ids. ``vectors``: (len(chunks), dimension)."""
        with _translated(self._name):
            for start in range(0, len(chunks), self._batch):
                part = chunks[start : start + self._batch]
                self._collection.upsert(
                    ids=[chunk.id for chunk in part],
                    embeddings=vectors[start : start + self._batch],
                    documents=[chunk.text for chunk in part],
                    metadatas=[
                        {"paper_id": chunk.paper_id, "start": chunk.start, "end": chunk.end}
                        for chunk in part
                    ],
                )

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove rows; ids that aren't there don't matter."""
        with _translated(self._name):
            for start in range(0, len(chunk_ids), self._batch):
                self._collection.delete(ids=list(chunk_ids[start : start + self._batch]))

    def count(self) -> int:
        """The number of rows. Says nothing about whether they can be found."""
        with _translated(self._name):
            return int(self._collection.count())

    def warm(self) -> None:
        """Read into memory what queries need."""
        with _translated(self._name):
            row = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
            if row is not None and len(row):
                self._collection.query(
                    query_embeddings=np.asarray(row[:1], dtype=np.float32), n_results=1, include=[]
                )

    def query(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """(chunk id, cosine similarity), best first, of ``n`` rows. ``vector``: (dimension,)."""
        if n < 1:
            return []
        with _translated(self._name):
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=n, include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [
            (chunk_id, 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]


def _settings() -> Settings:
    # Before the import, which reads the environment. One thread builds the graph: several at once
    # leave nodes that no search reaches (one batch in five of
    # ten near-equal texts lost one), and what is found would differ from run to run.
    switch_off()
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    from chromadb.config import Settings

    class Quiet(Settings):
        model_config = Settings.model_config | {"env_file": None}  # not any .env that lies around

    return Quiet(anonymized_telemetry=False)


def _folder_client(spelling: str) -> Client:
    settings = _settings()
    import chromadb

    try:
        return cast("Client", chromadb.PersistentClient(path=spelling, settings=settings))
    except BaseException:
        _forget(spelling)
        raise


def _forget(spelling: str) -> None:
    """Take what failed to start out of Chroma's cache, which would hand it out again."""
    from chromadb.api.shared_system_client import SharedSystemClient

    system = SharedSystemClient._identifier_to_system.pop(spelling, None)
    SharedSystemClient._identifier_to_refcount.pop(spelling, None)
    if system is not None:
        with suppress(Exception):  # it was never whole
            system.stop()


def _server_client(server: Server) -> Client:
    settings = _settings()
    import chromadb

    if not server.host:
        if not server.key:
            raise ConfigError("Chroma Cloud needs a key: set CHROMA_API_KEY")
        client = chromadb.CloudClient(
            tenant=server.tenant, database=server.database, api_key=server.key, settings=settings
        )
        return cast("Client", client)
    _probe(server)
    headers = {"Authorization": f"Bearer {server.key}"} if server.key else None
    client = chromadb.HttpClient(
        host=server.host, port=server.port, ssl=server.tls, headers=headers, settings=settings
    )
    for session in _sessions(cast("Client", client)):
        session.timeout = _PATIENCE  # Chroma's own client would wait for ever
    return cast("Client", client)


def _probe(server: Server) -> None:
    """Raises httpx's error where nobody answers in time."""
    import httpx

    httpx.get(f"{server.name}/api/v2/heartbeat", timeout=5).raise_for_status()


def _sessions(client: Client) -> list[httpx.Client]:
    """The connections below a client of a server, which Chroma neither bounds nor closes."""
    import httpx

    owners = client, client._admin_client  # each has a connection of its own
    servers = [getattr(owner, "_server", None) for owner in owners]
    found = [getattr(server, "_session", None) for server in servers]
    return [session for session in found if isinstance(session, httpx.Client)]


def _close(client: Client) -> None:
    sessions = _sessions(client)
    client.close()
    for session in sessions:
        session.close()


def _collection(client: Client, create: bool, stamp: Stamp | None) -> Collection | None:
    from chromadb.errors import NotFoundError

    try:
        if not create:
            return client.get_collection(COLLECTION, embedding_function=None)
        client.delete_collection(COLLECTION)
    except NotFoundError:
        if not create:
            return None
    metadata = {"store": stamp.store, "revision": stamp.revision} if stamp else None
    return client.create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={"hnsw": _HNSW},
        metadata=metadata,
    )


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Chroma's errors, and those of the layers below, as ours."""
    try:
        yield
    except PaperchatError:
        raise
    except BaseException as error:
        if isinstance(error, Exception):
            raise _as_ours(error, name) from error
        # A panic of Chroma's Rust core is no Exception, but no reason to end the process either.
        if type(error).__name__ == "PanicException":
            raise IndexBroken(f"Chroma failed in {name}: {error}") from error
        raise


def _as_ours(error: Exception, name: str) -> IndexNotReady:
    from chromadb.errors import AuthorizationError, ChromaAuthError
    from httpx import HTTPError

    remote = not Path(name).is_absolute()
    if isinstance(error, ChromaAuthError | AuthorizationError):
        return IndexNotReady(f"Chroma at {name} refuses the key: check it")
    unreachable = isinstance(error, HTTPError) or "Could not connect" in str(error)
    if remote and unreachable:
        return IndexNotReady(
            f"no Chroma server answers at {name}: start one (chroma run), or check the address"
        )
    return IndexBroken(f"Chroma failed in {name}: {type(error).__name__}: {error}")
