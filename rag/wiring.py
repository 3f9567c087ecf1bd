"""Settings -> PaperIndex, ChatModel, Assistant. The one place that knows every backend."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.embedding import Embedder, load_embedder, needs_network
from index.errors import ConfigError, IndexNotReady
from index.server import is_remote
from prompts import SHIPPED, Prompts
from rag.answer_cache import AnswerCache, cache_path
from rag.assistant import Assistant
from rag.models import ChatModel
from rag.settings import EXTRACTIVE, Settings

if TYPE_CHECKING:
    from index.report import AddProgress
    from index.store import PaperIndex

Progress = Callable[["AddProgress"], None]

FILLING = "sample.filling"
"""A file in the store's folder for as long as the sample is not wholly in it."""

FILL_WAIT = 60.0
"""Seconds to wait for another process that is filling the same store."""


def _extractive(settings: Settings, rest: str) -> ChatModel:
    from rag.models.extractive import ExtractiveModel

    return ExtractiveModel()


def _scripted(settings: Settings, rest: str) -> ChatModel:
    from rag.models.scripted import ScriptedModel

    return ScriptedModel(rest)


def _openai(settings: Settings, rest: str) -> ChatModel:
    from rag.models.deadlines import Deadlines
    from rag.models.openai import OpenAIChatModel

    if not settings.api_key and not settings.base_url:
        raise ConfigError(
            f"the model {settings.model} needs OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint "
            f"of your own; without either, use --model {EXTRACTIVE}"
        )
    return OpenAIChatModel(
        rest,
        api_key=settings.api_key,
        base_url=settings.base_url,
        deadlines=Deadlines.within(settings.timeout),
    )


_MODELS: dict[str, Callable[[Settings, str], ChatModel]] = {
    "extractive": _extractive,
    "scripted": _scripted,
    "openai": _openai,
}
_SHAPES = {"extractive": "extractive", "scripted": "scripted:FILE", "openai": "openai:MODEL"}


def chat_model(settings: Settings) -> ChatModel:
    """The model that the settings name. Raises ConfigError for a spec that means nothing."""
    kind, _, rest = settings.model.partition(":")
    factory = _MODELS.get(kind)
    if factory is None or (":" in _SHAPES[kind]) != bool(rest):
        known = ", ".join(_SHAPES.values())
        raise ConfigError(f"{settings.model!r} is not a model; write one of: {known}")
    return factory(settings, rest)


def available_models(settings: Settings) -> tuple[str, ...]:
    """The ids of the models that the settings' endpoint lists, sorted, within five seconds.

    None where it has no list, where no endpoint is set, or offline. Raises ConfigError for
    settings that can't work, Rejected for a wrong key, Unreachable or ModelTimeout where the
    endpoint doesn't answer.
    """
    if settings.offline or not (settings.api_key or settings.base_url):
        return ()
    from rag.models.openai import model_ids

    check_settings(settings)
    return model_ids(api_key=settings.api_key, base_url=settings.base_url)


def check_settings(settings: Settings) -> None:
    """Raises ConfigError for values that can't work, and for the network when offline."""
    positive = ("top_papers", "max_context_tokens", "max_output_tokens", "timeout")
    for name in positive:
        value = getattr(settings, name)
        if value is not None and not value > 0:
            raise ConfigError(f"{name} must be more than 0, not {value}")
    key = settings.api_key or ""
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigError("the key holds spaces or letters that no key has; copy it once more")
    if settings.base_url:
        parts = urlsplit(settings.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(
                "OPENAI_BASE_URL must look like http://host:port/v1; it has no http:// or no host"
            )
    if settings.offline:
        _check_offline(settings)


def _check_offline(settings: Settings) -> None:
    network = {
        "model": settings.model.startswith("openai:"),
        "judge": (settings.judge or "").startswith("openai:"),
        "embedder": bool(settings.embedder) and needs_network(settings.embedder or ""),
        "store": is_remote(settings.store),
        "catalogue": bool(settings.catalogue)
        and not (settings.catalogue or "").startswith("sqlite"),
    }
    refused = [name for name, needs in network.items() if needs]
    if refused:
        given = ", ".join(f"{name} {_shown(getattr(settings, name))}" for name in refused)
        raise ConfigError(f"offline, but this needs the network: {given}; leave one of them out")


def _shown(value: str) -> str:
    """A setting without a password in it."""
    from index.redaction import redact

    return redact(value)


def open_index(
    settings: Settings,
    *,
    sample: bool = True,
    create: bool = True,
    progress: Progress | None = None,
) -> PaperIndex:
    """The store, opened. A new one on this machine is filled with the sample corpus.

    ``progress`` is called while that happens; with ``sample`` False it doesn't. ``create`` False:
    a store that isn't there is IndexNotReady and stays not there. Raises
    ConfigError, IndexNotReady, ManifestMismatch.
    """
    check_settings(settings)
    index = _open(settings, settings.embedder, create=create)
    try:
        built_with = None if settings.embedder else index.info().embedder
        if built_with and needs_network(built_with):
            index.close()
            index = _open(settings, built_with, create=create)
        if sample and needs_sample(index, settings):
            add_sample(index, progress=progress)
    except BaseException:
        index.close()
        raise
    return index


def _open(settings: Settings, embedder: str | None, *, create: bool) -> PaperIndex:
    """The store with this embedder, or with its own, which then must need no key."""
    from index.store import PaperIndex

    if settings.offline and embedder and needs_network(embedder):
        raise ConfigError(f"offline, but the store's embedder {embedder} needs the network")
    return PaperIndex.open(
        settings.store,
        embedder=named_embedder(settings, embedder),
        catalogue_url=settings.catalogue,
        chroma_key=settings.chroma_key,
        create=create,
    )


def named_embedder(settings: Settings, spec: str | None) -> Embedder | None:
    """The embedder with this spec, given the settings' key; None for None."""
    if spec is None:
        return None
    return load_embedder(spec, api_key=settings.api_key, base_url=settings.base_url)


def needs_sample(index: PaperIndex, settings: Settings) -> bool:
    """Whether the sample belongs into this store, and is not, or not wholly, in it.

    So it is with a store on this machine that nothing was ever added to, and with one whose first
    filling was interrupted; not with one that was emptied, nor with one on a server.
    """
    if is_remote(settings.store):
        return False
    return (Path(index.location) / FILLING).exists() or not (index.revision or index.count())


def add_sample(index: PaperIndex, *, progress: Progress | None = None) -> None:
    """Adds the papers that come with the product to a store on this machine.

    A file marks the store until that is done, so that the next use goes on where this one was
    interrupted. Where another process is filling the store, this waits for it. Raises
    IndexNotReady where the store can't be written, or is still locked after a minute.
    """
    from index.lock import Locked
    from index.readers import read_all, sample_pages

    mark = Path(index.location) / FILLING
    try:
        mark.touch()
    except OSError as error:
        raise IndexNotReady(f"the store {index.location} can't be written: {error}") from error
    end = time.monotonic() + FILL_WAIT
    while mark.exists():  # gone once another process is done
        try:
            index.add(read_all(sample_pages()), progress=progress)
        except Locked:
            if time.monotonic() > end:
                raise
        else:
            mark.unlink(missing_ok=True)


def build_assistant(
    settings: Settings,
    *,
    index: PaperIndex | None = None,
    progress: Progress | None = None,
    templates: Prompts = SHIPPED,
) -> Assistant:
    """An Assistant over the store, or over one that is open already.

    ``templates`` is what models are told.

    It closes the store only where it opened it here. Over an open one it is made in milliseconds,
    so that each reader may have one with settings of their own. The model is made first: a wrong
    spec costs no waiting.
    """
    check_settings(settings)
    model = chat_model(settings)
    judge = chat_model(replace(settings, model=settings.judge)) if settings.judge else None
    if judge is not None and judge.mode == "extractive":
        raise ConfigError(f"judge {settings.judge}: a language model is needed, openai:MODEL")
    opened = index or open_index(settings, progress=progress)
    cache = AnswerCache(cache_path(opened.location)) if settings.cache else None
    return Assistant(
        opened,
        model,
        settings,
        cache=cache,
        judge=judge,
        owns_index=index is None,
        templates=templates,
    )


def warm(index: PaperIndex, settings: Settings) -> None:
    """Loads what the first question to an open store would, which takes most of a second.

    Asks no endpoint, so it does nothing where the store's embedder is one. Raises what asking does.
    """
    if needs_network(index.info().embedder or ""):
        return
    quoting = replace(settings, model=EXTRACTIVE, judge=None, cache=False)
    build_assistant(quoting, index=index).ask("What do these papers say?")
