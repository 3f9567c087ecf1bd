"""Embeddings from any OpenAI-compatible endpoint: ``openai:MODEL``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import Vectors, unit
from index.errors import ConfigError, ModelError
from index.openai_errors import translate
from index.redaction import redact
from index.text import well_formed

if TYPE_CHECKING:
    from openai import OpenAI

BATCH = 128
TIMEOUT = 60.0
RETRIES = 4


class OpenAIEmbedder:
    """Vectors of an ``/embeddings`` endpoint, scaled to length 1.

    Nothing is sent before the first ``embed``. Raises a ModelError when the endpoint fails
    after ``RETRIES`` retries (the client's own, with back-off); ConfigError, before any
    connection, when there is neither a key nor an address.
    """

    def __init__(self, model: str, *, api_key: str | None, base_url: str | None) -> None:
        self.spec = f"openai:{model}"
        self.fingerprint = self.spec
        self._model = model
        self._key = api_key
        self._url = base_url
        self._client: OpenAI | None = None
        self._dimension: int | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"OpenAIEmbedder({self._model!r}, base_url={self._url!r})"

    @property
    def dimension(self) -> int:
        """Asked of the endpoint once, with a one-word text."""
        if self._dimension is None:
            self._dimension = int(self._request(["dimension"]).shape[1])
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), each row of length 1."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        # An endpoint refuses an empty text; a space is as empty to a model.
        clean = [well_formed(text) or " " for text in texts]
        parts = [self._request(clean[i : i + BATCH]) for i in range(0, len(clean), BATCH)]
        vectors = unit(np.concatenate(parts))
        self._dimension = vectors.shape[1]
        return vectors

    def close(self) -> None:
        """Lets go of the connections."""
        if self._client is not None:
            self._client.close()

    def _request(self, texts: list[str]) -> Vectors:
        client = self._connect()
        endpoint = f"the embeddings endpoint {self._url or 'of OpenAI'}"
        try:
            reply = client.embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
            rows = sorted(reply.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], np.float32)
        except Exception as error:
            ours = translate(error, endpoint, [self._key])
            if ours is None and not isinstance(error, (AttributeError, TypeError, ValueError)):
                raise
            said = redact(str(error), [self._key])
            raise ours or ModelError(f"{endpoint} sent no embeddings: {said}") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ModelError(f"{endpoint} sent {len(vectors)} vectors for {len(texts)} texts")
        return vectors

    def _connect(self) -> OpenAI:
        if not self._key and not self._url:
            raise ConfigError(
                f"the embedder {self.spec} needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server"
                " that asks for no key (from Python: load_embedder with api_key or base_url)"
            )
        from openai import OpenAI

        with self._lock:
            if self._client is None:
                # Local servers need no key, but the client insists on one.
                key = self._key or "none"
                self._client = OpenAI(
                    api_key=key, base_url=self._url, timeout=TIMEOUT, max_retries=RETRIES
                )
            return self._client
