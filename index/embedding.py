"""Text to unit vectors. Embedders are named by short specs: ``minilm``, ``openai:MODEL``, ...

minilm             the bundled all-MiniLM-L6-v2 (the default)
openai:MODEL       any OpenAI-compatible /embeddings endpoint
fastembed:MODEL    a model that fastembed knows (an extra)
hash               hashed words, for tests and demonstrations
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from index.errors import ConfigError

Vectors = NDArray[np.float32]
DEFAULT_EMBEDDER = "minilm"


class Embedder(Protocol):
    """Turns texts into unit-length vectors.

    ``spec`` is what a user types; ``fingerprint`` changes if and only if the vectors would.
    """

    @property
    def spec(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), each row of length 1. Takes any text, also an empty one.

        A text's row doesn't depend on the others. Raises ModelError where an endpoint fails,
        ConfigError where what the embedder needs is missing.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TokenStates:
    """What a model makes of the word pieces (n) of a text.

    ``starts`` (n): the character at which each piece's word begins. ``vectors``: shape
    (n, width), rows of length 1.
    """

    starts: NDArray[np.int32]
    vectors: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class QuestionTokens:
    """A question as a whole and piece by piece (m).

    ``vector``: what ``embed`` gives. ``vectors``: shape (m, width), rows of length 1.
    ``weights`` (m): the pieces' rarity, above 0. ``words`` (m): the piece's word as written.
    """

    vector: Vectors
    vectors: Vectors
    weights: NDArray[np.float32]
    words: tuple[str, ...]


class TokenEmbedder(Embedder, Protocol):
    """An embedder that also tells the states of single word pieces, in the same pass.

    Words that mean nothing by themselves are left out; a question that holds no others keeps
    them. ``token_fingerprint`` changes if and only if the pieces' vectors would.
    """

    @property
    def token_fingerprint(self) -> str: ...

    def embed_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenStates]]:
        """What ``embed`` gives, and each text's pieces."""
        ...

    def question_tokens(self, text: str) -> QuestionTokens:
        """A question's vector and pieces; no pieces where it holds no letter or digit."""
        ...


def token_embedder(embedder: Embedder) -> TokenEmbedder | None:
    """The same embedder if it is a TokenEmbedder, else None."""
    # Not isinstance: it would read `dimension`, for which some ask an endpoint.
    known = hasattr(embedder, "embed_tokens")
    return cast(TokenEmbedder, embedder) if known else None


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def _minilm(model: str, api_key: str | None, base_url: str | None) -> Embedder:
    from index.minilm import MiniLM

    return MiniLM()


def _openai(model: str, api_key: str | None, base_url: str | None) -> Embedder:
    from index.remote_embedding import OpenAIEmbedder

    return OpenAIEmbedder(model, api_key=api_key, base_url=base_url)


def _fastembed(model: str, api_key: str | None, base_url: str | None) -> Embedder:
    from index.fastembed_embedding import FastEmbedder

    return FastEmbedder(model)


def _hash(model: str, api_key: str | None, base_url: str | None) -> Embedder:
    from index.hash_embedding import HashEmbedder

    return HashEmbedder()


_FACTORIES: dict[str, Callable[[str, str | None, str | None], Embedder]] = {
    "minilm": _minilm,
    "openai": _openai,
    "fastembed": _fastembed,
    "hash": _hash,
}
_NAMED_MODEL = {"openai", "fastembed"}


def load_embedder(
    spec: str = DEFAULT_EMBEDDER, *, api_key: str | None = None, base_url: str | None = None
) -> Embedder:
    """The embedder that a spec names. Raises ConfigError for a spec that means nothing."""
    kind, _, model = spec.partition(":")
    factory = _FACTORIES.get(kind)
    if factory is None:
        known = ", ".join(f"{k}:MODEL" if k in _NAMED_MODEL else k for k in _FACTORIES)
        raise ConfigError(f"no embedder is called {spec!r}; name one of {known}")
    if (kind in _NAMED_MODEL) != bool(model):
        shape = f"{kind}:MODEL" if kind in _NAMED_MODEL else kind
        raise ConfigError(f"{spec!r} is not an embedder's name; write {shape}")
    return factory(model, api_key, base_url)


def needs_network(spec: str) -> bool:
    """Whether this embedder may open connections: to an endpoint, or to fetch its model."""
    return spec.partition(":")[0] in _NAMED_MODEL
