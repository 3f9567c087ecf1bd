"""One flat, frozen ``Settings``. Only entry points read the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

EXTRACTIVE = "extractive"
DEFAULT_CHAT_MODEL = "openai:gpt-5-mini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to answer. Specs name backends: see README, "Settings".

    ``store``: a folder, ``http://host:port`` or ``cloud:``; None is the per-user data folder.
    ``model``: ``extractive``, ``openai:MODEL`` or ``scripted:FILE``.
    ``embedder``: ``minilm``, ``openai:MODEL`` or ``fastembed:MODEL``; None takes the one that the
    store was built with (``minilm`` for a new store).
    ``catalogue``: database URL of the catalogue; None keeps it in the store's folder.
    ``chroma_key``: the key of a Chroma server or of Chroma Cloud.
    ``timeout``: seconds that a model may take in all.
    ``offline``: never open a connection, whatever keys are set.
    """

    store: str | None = None
    catalogue: str | None = None
    model: str = EXTRACTIVE
    embedder: str | None = None
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    chroma_key: str | None = field(default=None, repr=False)
    offline: bool = False
    top_papers: int = 8
    max_context_tokens: int = 12_000
    max_output_tokens: int = 1_200
    timeout: float = 120.0

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        **arguments: Any,  # noqa: ANN401 - any field's value
    ) -> Self:
        """Argument > ``PAPERCHAT_*`` > default; arguments that are None count as not given.

        With no model named, it is ``openai:gpt-5-mini`` where a key or a base URL is set, and
        ``extractive`` otherwise or when offline.
        """
        env = os.environ if environ is None else environ
        found = {
            "store": env.get("PAPERCHAT_STORE"),
            "catalogue": env.get("PAPERCHAT_CATALOGUE"),
            "model": env.get("PAPERCHAT_MODEL"),
            "embedder": env.get("PAPERCHAT_EMBEDDER"),
            "api_key": env.get("OPENAI_API_KEY"),
            "base_url": env.get("OPENAI_BASE_URL"),
            "chroma_key": env.get("CHROMA_API_KEY"),
        }
        known = {field.name for field in fields(cls)}
        given: dict[str, Any] = {key: value for key, value in found.items() if value}
        given |= {k: v for k, v in arguments.items() if k in known and v is not None}
        settings = cls(**given)
        reachable = (settings.api_key or settings.base_url) and not settings.offline
        if "model" not in given and reachable:
            settings = replace(settings, model=DEFAULT_CHAT_MODEL)
        return settings
