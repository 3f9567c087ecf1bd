"""The axes of a grid: how a value is written in the file, and what it changes in a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.chunking import Chunking
from index.embedding import DEFAULT_EMBEDDER
from index.errors import ConfigError
from index.hybrid import Fusion
from prompts import SHIPPED, PromptError, Prompts
from rag.settings import Settings
from rag.wiring import chat_model, check_settings, named_embedder

DEFAULT = "default"
"""How the shipped prompts are named in a grid, and a table without any key is shown."""

_FUSION = {
    "dense": "dense_weight",
    "centroid": "centroid_share",
    "floor": "cosine_floor",
    "late": "late_weight",
    "pool": "pool",
    "compared": "compared",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is made with. ``settings`` names its embedder."""

    settings: Settings
    chunking: Chunking = Chunking()  # noqa: RUF009 - frozen
    fusion: Fusion = Fusion()  # noqa: RUF009 - frozen
    templates: Prompts = SHIPPED

    @property
    def embedder(self) -> str:
        """The spec."""
        return self.settings.embedder or DEFAULT_EMBEDDER


Change = Callable[[Setup, object, Path], Setup]
"""A setup with a value of an axis; the folder is where relative paths begin.

Raises ConfigError for a value that means nothing.
"""


def label(value: object) -> str:
    """A value of a grid in a few words."""
    if isinstance(value, Mapping):
        return " ".join(f"{key}={one}" for key, one in value.items()) or DEFAULT
    return str(value)


def _word(name: str) -> Change:
    def change(setup: Setup, value: object, _folder: Path) -> Setup:
        changed = {name: _text(value)}
        settings = replace(setup.settings, **changed)  # type: ignore[arg-type]
        check_settings(settings)
        return replace(setup, settings=settings)

    return change


def _embedder(setup: Setup, value: object, folder: Path) -> Setup:
    changed = _word("embedder")(setup, value, folder)
    named_embedder(changed.settings, changed.embedder)
    return changed


def _model(setup: Setup, value: object, folder: Path) -> Setup:
    changed = _word("model")(setup, value, folder)
    close = getattr(chat_model(changed.settings), "close", None)
    if close is not None:
        close()
    return changed


def _top_papers(setup: Setup, value: object, _folder: Path) -> Setup:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
        raise ConfigError(f"must be a whole number from 1 to 100, not {value!r}")
    return replace(setup, settings=replace(setup.settings, top_papers=value))


def _chunking(setup: Setup, value: object, _folder: Path) -> Setup:
    given = _numbers(value, {name: name for name in ("sentences", "overlap", "rest")}, int)
    return replace(setup, chunking=Chunking(**given))


def _fusion(setup: Setup, value: object, _folder: Path) -> Setup:
    given = _numbers(value, _FUSION, float)
    counts = {name: int(one) for name, one in given.items() if name in ("pool", "compared")}
    return replace(setup, fusion=Fusion(**(given | counts)))


def _prompts(setup: Setup, value: object, folder: Path) -> Setup:
    name = _text(value)
    try:
        own = SHIPPED if name == DEFAULT else Prompts.of(folder / name)
    except PromptError as error:
        raise ConfigError(str(error)) from error
    return replace(setup, templates=own)


AXES: Mapping[str, Change] = {
    "embedder": _embedder,
    "chunking": _chunking,
    "fusion": _fusion,
    "top_papers": _top_papers,
    "prompts": _prompts,
    "model": _model,
    "length": _word("length"),
    "strictness": _word("strictness"),
}
"""By name; runs that share an index stand together, since the first two vary slowest."""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"must be a text, not {value!r}")
    return value


def _numbers(value: object, names: Mapping[str, str], kind: type[int | float]) -> dict[str, Any]:
    """The numbers of a table, by the names that they have in the code."""
    if not isinstance(value, dict):
        raise ConfigError(f"must be a table such as {{ {next(iter(names))} = 1 }}, not {value!r}")
    known = ", ".join(names)
    for name, one in value.items():
        if name not in names:
            raise ConfigError(f"{name} is unknown; known are: {known}")
        whole = kind is int or name in ("pool", "compared")
        if isinstance(one, bool) or not isinstance(one, int if whole else int | float):
            raise ConfigError(f"{name} must be a {'whole ' if whole else ''}number, not {one!r}")
    return {names[name]: kind(one) for name, one in value.items()}
