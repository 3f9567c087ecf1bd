"""One flat, frozen ``Settings``. Only entry points read the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self, get_args

from index.errors import ConfigError
from rag.costs import parse_prices
from rag.manner import Length, Strictness, Unsupported
from rag.types import Verdict

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
    ``top_papers``: papers that an answer is made from; None: 12, or 20 where a language model
    reads them or the question asks for many.
    ``timeout``: seconds that a model may take in all.
    ``offline``: never open a connection, whatever keys are set.
    ``prices``: "INPUT,OUTPUT", US dollars per million tokens, for endpoints that report no cost.
    ``cache``: keep a language model's answers on this machine, and give them again to the same
    question over an unchanged store.
    ``unsupported``: what becomes of claims that their citations don't support: "withhold" takes
    them out of the text, "show" leaves them in, with their verdict; None goes by ``strictness``.
    ``judge``: a language model with a second opinion on claims, named like ``model``.
    ``length``: how much an answer says. "short" is a sentence or two, "normal" one to ten, "long"
    up to twenty; of quotes see ``rag.deciding.choice_for``.
    ``strictness``: how sure an answer has to be. Without a language model, it says when quotes are
    refused: of unanswerable and of answerable questions, "normal" refuses 0.57 and 0.10, "strict"
    0.76 and 0.33 (BENCHMARKS.md), "lenient" fewer. With one, "lenient" shows unsupported claims,
    "normal" withholds them, and "strict" those too that are supported weakly; where
    ``unsupported`` is set, that one says whether any are withheld.

    Raises ConfigError for prices that are none, and for a word that one of these doesn't know.
    """

    store: str | None = None
    catalogue: str | None = None
    model: str = EXTRACTIVE
    embedder: str | None = None
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    chroma_key: str | None = field(default=None, repr=False)
    offline: bool = False
    top_papers: int | None = None
    max_context_tokens: int = 12_000
    max_output_tokens: int = 1_200
    timeout: float = 120.0
    prices: str | None = None
    cache: bool = False
    unsupported: Unsupported | None = None
    judge: str | None = None
    length: Length = "normal"
    strictness: Strictness = "normal"

    def __post_init__(self) -> None:
        if self.prices is not None:
            parse_prices(self.prices)
        if self.unsupported is not None:
            _check_word("unsupported", self.unsupported, get_args(Unsupported))
        _check_word("length", self.length, get_args(Length))
        _check_word("strictness", self.strictness, get_args(Strictness))

    @property
    def withheld(self) -> frozenset[Verdict]:
        """The verdicts of claims that are taken out of the text."""
        shows = self.unsupported or ("show" if self.strictness == "lenient" else "withhold")
        if shows == "show":
            return frozenset()
        return frozenset(
            ("unsupported", "weak") if self.strictness == "strict" else ("unsupported",)
        )

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        **arguments: Any,  # noqa: ANN401 - any field's value
    ) -> Self:
        """Argument > ``PAPERCHAT_*`` > default; arguments that are None count as not given.

        With no model named, it is ``openai:gpt-5-mini`` where a key or a base URL is set, and
        ``extractive`` otherwise or when offline. Raises ConfigError for a value that means
        nothing.
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
            "prices": env.get("PAPERCHAT_PRICES"),
            "unsupported": env.get("PAPERCHAT_UNSUPPORTED"),
            "judge": env.get("PAPERCHAT_JUDGE"),
            "length": env.get("PAPERCHAT_LENGTH"),
            "strictness": env.get("PAPERCHAT_STRICTNESS"),
            "cache": _switch("PAPERCHAT_CACHE", env.get("PAPERCHAT_CACHE")),
        }
        known = {field.name for field in fields(cls)}
        given: dict[str, Any] = {k: v for k, v in found.items() if v not in (None, "")}
        given |= {k: v for k, v in arguments.items() if k in known and v is not None}
        settings = cls(**given)
        reachable = (settings.api_key or settings.base_url) and not settings.offline
        if "model" not in given and reachable:
            settings = replace(settings, model=DEFAULT_CHAT_MODEL)
        return settings


def _check_word(name: str, value: str, known: tuple[str, ...]) -> None:
    """Raises ConfigError for a word that is none of those that are known."""
    if value not in known:
        raise ConfigError(f"{name} must be one of {', '.join(known)}, not {value!r}")


def _switch(name: str, value: str | None) -> bool | None:
    """On or off, as people write it; None where nothing is."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if not value:
        return None
    if value.strip().lower() not in words:
        raise ConfigError(f"{name} must be 1 or 0, not {value!r}")
    return words[value.strip().lower()]
