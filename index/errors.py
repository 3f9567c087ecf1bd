"""Everything that can go wrong, as one tree.

    PaperchatError
    ├── ConfigError          a setting or a spec that means nothing
    ├── IndexNotReady        the store is missing, empty, locked or unreachable
    ├── CorpusError          nothing in the given files could be read
    ├── ManifestMismatch     the store was built with another embedder, chunking or schema
    └── ModelError           a model endpoint failed (subclasses below)
        ├── ModelTimeout
        ├── RateLimited
        ├── Rejected         the endpoint refused the request: key, model name, size
        │   └── TooLong      it holds more than the model can read at once
        └── Unreachable

A message says what happened and what to do next. Too little evidence for an
answer is no error: see ``Answer.abstained``.
"""


class PaperchatError(Exception):
    """Base of every error that paperchat raises on purpose."""


class ConfigError(PaperchatError):
    """A setting or a spec that means nothing."""


class IndexNotReady(PaperchatError):
    """The store is missing, empty, locked by another process, or unreachable."""


class CorpusError(PaperchatError):
    """Nothing in the given files could be read."""


class ManifestMismatch(PaperchatError):
    """The store was built with another embedder, chunking or schema."""


class ModelError(PaperchatError):
    """A model endpoint (chat or embedding) failed."""


class ModelTimeout(ModelError):
    """The endpoint took longer than allowed."""


class RateLimited(ModelError):
    """The endpoint asks to slow down, or a quota is used up."""


class Rejected(ModelError):
    """The endpoint refused the request: key, model name or size."""


class TooLong(Rejected):
    """The request holds more than the model can read at once.

    ``limit``: the tokens that it can, where the endpoint says so.
    """

    def __init__(self, message: str, limit: int | None = None) -> None:
        super().__init__(message)
        self.limit = limit


class Unreachable(ModelError):
    """No connection to the endpoint, or one that broke."""
