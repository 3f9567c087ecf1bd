"""Models that fastembed knows: ``fastembed:MODEL``. Needs the extra ``fastembed``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import Vectors, unit
from index.errors import ConfigError
from index.telemetry import switch_off
from index.text import well_formed

if TYPE_CHECKING:
    from fastembed import TextEmbedding


class FastEmbedder:
    """A fastembed model, downloaded by fastembed at first use. Raises ConfigError without it."""

    def __init__(self, model: str) -> None:
        self.spec = f"fastembed:{model}"
        self.fingerprint = self.spec
        self._name = model

    @cached_property
    def _model(self) -> TextEmbedding:
        switch_off()
        try:
            from fastembed import TextEmbedding
        except ImportError as error:
            message = f"{self.spec} needs fastembed: pip install 'paperchat[fastembed]'"
            raise ConfigError(message) from error
        try:
            return TextEmbedding(self._name)
        except (ValueError, OSError) as error:
            raise ConfigError(f"fastembed cannot load {self._name!r}: {error}") from error

    @cached_property
    def dimension(self) -> int:
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), each row of length 1."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        rows = self._model.embed([well_formed(text) for text in texts])
        return unit(np.array(list(rows), np.float32))
