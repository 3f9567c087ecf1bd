"""Grids: TOML files of what to try, and the runs that they come to.

    embedder = ["minilm", "openai:text-embedding-3-small"]
    chunking = [{ sentences = 5, overlap = 1 }, { sentences = 3, overlap = 0, rest = 1 }]
    fusion = [{}, { dense = 0.4 }]     # dense, centroid, floor, late, pool, compared
    top_papers = [6, 12]
    prompts = ["default", "mine"]      # a folder with some of the prompts, beside the grid
    model = ["extractive", "openai:gpt-5-mini"]
    length = ["short", "normal"]
    strictness = ["normal", "strict"]
    most = 100                         # runs; 50 by default

    [[skip]]                           # combinations that are not run
    model = "extractive"
    prompts = "mine"

Every list is an axis and may be left out; the runs are the product of the lists.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from evals.sweep.axes import AXES, Setup, label
from index.errors import ConfigError

MOST = 50
"""Runs that a grid may come to where nobody allows more."""

_LOOKED_AT = 100_000  # combinations, before any is skipped


@dataclass(frozen=True, slots=True)
class Variant:
    """One run of a grid: its ``number`` from 1 on, its value on each axis, and its setup."""

    number: int
    labels: Mapping[str, str]
    setup: Setup


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid's runs, and how many combinations it skips."""

    file: Path
    variants: tuple[Variant, ...]
    skipped: int = 0

    @property
    def varied(self) -> tuple[str, ...]:
        """The axes on which the runs differ."""
        axes = self.variants[0].labels
        return tuple(a for a in axes if len({one.labels[a] for one in self.variants}) > 1)

    def name(self, variant: Variant) -> str:
        """What tells this run from the others, in a line."""
        told = [f"{axis} {variant.labels[axis]}" for axis in self.varied]
        return ", ".join(told) or "as it is"


def load_grid(file: Path, base: Setup, most: int | None = None) -> Grid:
    """The runs of a grid; what it says nothing of is as in ``base``.

    Raises ConfigError, naming file and axis, for a file that can't be read, for axes and values
    that nobody knows, and for a grid that comes to no run, or to more than ``most``, which is the
    file's own or 50 where it is None.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: can't be read as TOML ({error})") from error
    own, skip = table.pop("most", MOST), table.pop("skip", [])
    for name in table:
        if name not in AXES:
            known = ", ".join((*AXES, "most", "skip"))
            raise ConfigError(f"{file}: {name}: unknown; known are: {known}")
    axes = {name: _values(file, name, table[name], base) for name in AXES if name in table}
    if not axes:
        raise ConfigError(f"{file}: varies nothing; known axes are: {', '.join(AXES)}")
    left_out = _skips(file, skip, axes)
    allowed = _most(file, own) if most is None else most
    count = math.prod(len(values) for values in axes.values())
    if count > _LOOKED_AT:
        raise ConfigError(_too_many(file, count, allowed))
    kept = [one for one in _combined(axes) if not any(_fits(one, skip) for skip in left_out)]
    if not kept:
        raise ConfigError(f"{file}: skip: leaves no run")
    if len(kept) > allowed:
        raise ConfigError(_too_many(file, len(kept), allowed))
    variants = tuple(_variant(number, one, base, file) for number, one in enumerate(kept, 1))
    return Grid(file, variants, count - len(kept))


def _too_many(file: Path, count: int, allowed: int) -> str:
    return (
        f"{file}: comes to {count:,} runs, and {allowed} are allowed: shorten a list, leave some"
        f" out by [[skip]], or allow them with --most {count}"
    )


def _most(file: Path, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigError(f"{file}: most: must be a whole number from 1 on, not {value!r}")
    return value


def _values(file: Path, axis: str, given: object, base: Setup) -> list[Any]:
    """The values of an axis, each tried on its own."""
    if not isinstance(given, list) or not given:
        raise ConfigError(f"{file}: {axis}: must be a list of values, not {given!r}")
    for place, value in enumerate(given):
        if value in given[:place]:
            raise ConfigError(f"{file}: {axis}: has {label(value)} twice")
        try:
            AXES[axis](base, value, file.parent)
        except ConfigError as error:
            raise ConfigError(f"{file}: {axis}: {label(value)}: {error}") from error
    return given


Combination = Mapping[str, Any]


def _combined(axes: Mapping[str, Sequence[Any]]) -> Iterator[Combination]:
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def _skips(file: Path, given: object, axes: Mapping[str, Sequence[Any]]) -> list[Combination]:
    if not isinstance(given, list) or not all(isinstance(one, dict) and one for one in given):
        raise ConfigError(f"{file}: skip: must be tables that name values, headed [[skip]]")
    for one in given:
        for axis, value in one.items():
            if axis not in axes:
                raise ConfigError(f"{file}: skip: {axis} is no axis of this grid")
            if value not in axes[axis]:
                raise ConfigError(f"{file}: skip: {axis} has no value {label(value)}")
    return given


def _fits(one: Combination, skip: Combination) -> bool:
    return all(one[axis] == value for axis, value in skip.items())


def _variant(number: int, one: Combination, base: Setup, file: Path) -> Variant:
    setup = base
    for axis, value in one.items():
        setup = AXES[axis](setup, value, file.parent)
    return Variant(number, {axis: label(value) for axis, value in one.items()}, setup)
