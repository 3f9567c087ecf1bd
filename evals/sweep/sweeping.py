"""A sweep: the runs of a grid, one after the other; what is there already is not done again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from evals.cases import SAMPLE, load_cases
from evals.running import cases_at_once, keep, what_matters
from evals.runs import RESULTS, RunFolder, SavedRun, load_run
from evals.sweep.axes import Setup
from evals.sweep.grid import Grid, Variant
from evals.sweep.indexes import Source, build, index_folder, is_built, read_source
from evals.types import EvalCase
from index.embedding import Embedder
from index.errors import ConfigError
from index.store import PaperIndex
from rag.messages import prompt_fingerprint
from rag.settings import Settings
from rag.wiring import build_assistant, check_settings, named_embedder

Tell = Callable[[str], None]

_NO_IDENTITY = frozenset({"started", "concurrency"})
"""Of a configuration: what may differ between two runs that are the same."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A run of the grid and where it goes. ``kept``: the run as it is there, if it has ended."""

    variant: Variant
    folder: Path
    index: Path
    config: Mapping[str, Any]
    kept: SavedRun | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep comes to, before any of it is done."""

    grid: Grid
    root: Path
    cases: tuple[EvalCase, ...]
    source: Source
    runs: tuple[Planned, ...]

    @property
    def open_runs(self) -> tuple[Planned, ...]:
        """Those that have to be run."""
        return tuple(run for run in self.runs if run.kept is None)

    @property
    def to_build(self) -> tuple[Path, ...]:
        """The indexes that those need and that are not there."""
        wanted = dict.fromkeys(run.index for run in self.open_runs)
        return tuple(folder for folder in wanted if not is_built(folder))


@dataclass(frozen=True, slots=True)
class Swept:
    """A run of the grid that has ended."""

    variant: Variant
    run: SavedRun


def plan(
    grid: Grid,
    path: Path | None,
    root: Path,
    *,
    base: Setup,
    seed: int,
    tell: Tell,
    create: bool = True,
) -> Plan:
    """Reads the cases (None: those shipped) and the store, and looks what is there already.

    Without ``create``, a store that isn't there stays not there, and an empty one empty.
    Raises ConfigError for faulty cases, and what opening the store raises.
    """
    file = path or SAMPLE
    cases = load_cases(file, tell)
    source = read_source(file, cases, base.settings, tell, create=create)
    variants = [_at_home(one, source) for one in grid.variants]
    runs = tuple(_planned(one, grid, source, root, seed) for one in variants)
    return Plan(grid, root, cases, source, runs)


def sweep(plan: Plan, tell: Tell, concurrency: int | None = None) -> tuple[Swept, ...]:
    """Builds the indexes and runs the cases; ``tell`` hears of each run as it begins.

    Ended by force, it goes on where it was: no index that was built is built again, no finished
    case asked again. Raises what the stores and models raise; cases that fail don't.
    """
    embedders: dict[str, Embedder] = {}
    done = []
    for planned in plan.runs:
        number = f"run {planned.variant.number} of {len(plan.runs)}"
        kept = planned.kept or _ended(planned.folder, len(plan.cases))  # of an equal one before
        if kept is None:
            tell(f"{number}: {plan.grid.name(planned.variant)}")
            setup = planned.variant.setup
            embedder = embedders.get(setup.embedder) or _embedder(setup)
            embedders[setup.embedder] = embedder
            build(planned.index, plan.source, setup, embedder, tell)
            kept = _run(planned, plan.cases, embedder, concurrency)
        done.append(Swept(planned.variant, kept))
    return tuple(done)


def _at_home(variant: Variant, source: Source) -> Variant:
    """The run with the store's own embedder, where the grid and the settings name none."""
    setup = variant.setup
    own = source.config["embedder"]
    if setup.settings.embedder or not own:
        return variant
    settings = replace(setup.settings, embedder=own)
    check_settings(settings)
    return replace(variant, setup=replace(setup, settings=settings))


def _planned(variant: Variant, grid: Grid, source: Source, root: Path, seed: int) -> Planned:
    config = _config(variant.setup, source) | {"seed": seed}
    told = {name: value for name, value in config.items() if name not in _NO_IDENTITY}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:10]
    slug = re.sub(r"[^A-Za-z0-9.-]+", "-", grid.name(variant))[:50].strip("-.")
    found = sorted((root / "runs").glob(f"*-{digest}"))  # by another grid it has another name
    folder = found[0] if found else root / "runs" / f"{slug}-{digest}"
    kept = _ended(folder, config["n_cases"])
    return Planned(variant, folder, index_folder(root, source, variant.setup), config, kept)


def _config(setup: Setup, source: Source) -> dict[str, Any]:
    """What a run is, without secrets: that of the store, but for what the setup changes."""
    settings = _asked_with(setup)
    return dict(source.config) | {
        **what_matters(settings),
        "prompt": prompt_fingerprint(settings.length, setup.templates),
        "embedder": setup.embedder,
        "chunking": setup.chunking.name,
        "fusion": asdict(setup.fusion),
    }


def _asked_with(setup: Setup) -> Settings:
    """Its settings, without kept answers: a second fusion would be given those of the first."""
    return replace(setup.settings, cache=False)


def _ended(folder: Path, cases: int) -> SavedRun | None:
    """The run there, if all its cases ended well: those that failed are asked again."""
    if not (folder / RESULTS).exists():
        return None
    kept = load_run(folder)
    if kept.report is None or kept.report["errors"] or len(kept.rows) != cases:
        return None
    return kept


def _embedder(setup: Setup) -> Embedder:
    embedder = named_embedder(setup.settings, setup.embedder)
    if embedder is None:
        raise ConfigError("no embedder is named")
    return embedder


def _run(
    planned: Planned, cases: Sequence[EvalCase], embedder: Embedder, concurrency: int | None
) -> SavedRun:
    setup = planned.variant.setup
    chunking, fusion = setup.chunking, setup.fusion
    settings = _asked_with(setup)
    with PaperIndex.open(
        planned.index, embedder=embedder, chunking=chunking, fusion=fusion
    ) as index:
        index.warm()
        assistant = build_assistant(settings, index=index, templates=setup.templates)
        try:
            at_once = cases_at_once(assistant, concurrency)
            config = dict(planned.config) | {"concurrency": at_once}
            return keep(cases, assistant, index, RunFolder(planned.folder, config, resume=True))
        finally:
            assistant.close()
