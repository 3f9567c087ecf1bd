"""What ``evals`` makes of runs: how far means can be trusted, and which differences are real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.runs import SavedRun
from ui.runs.comparing import measured
from ui.runs.reading import State, cases_at, state
from ui.runs.types import Case, Measured, Run

if TYPE_CHECKING:
    from evals.compare import Comparison


def difference(before: Run, after: Run) -> Comparison | None:
    """B against A; None where they have no question in common.

    Worked out once for each state of both runs: with 1,000 questions it takes about a second.
    """
    kept = [
        (found, frozenset(run.settings.items()))
        for run in (before, after)
        if (found := state(run)) is not None
    ]
    return _difference(*kept) if len(kept) == 2 else None


def so_far(run: Run) -> tuple[Measured, ...]:
    """The measures of a run that has no report, over the questions that have ended."""
    found = state(run)
    return _so_far(found) if found else ()


@lru_cache(maxsize=16)
def _so_far(found: State) -> tuple[Measured, ...]:
    return measured(cases_at(found)[0])


Kept = tuple[State, frozenset[tuple[str, str]]]
"""A run's results and its settings, by which the judges of two runs are told apart."""


@lru_cache(maxsize=16)
def _difference(before: Kept, after: Kept) -> Comparison | None:
    (results_a, settings_a), (results_b, settings_b) = before, after
    cases_a, cases_b = cases_at(results_a)[0], cases_at(results_b)[0]
    return compared(cases_a, cases_b, (dict(settings_a), dict(settings_b)))


def compared(
    before: Sequence[Case],
    after: Sequence[Case],
    settings: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> Comparison | None:
    """The same, of questions that have been read."""
    from evals.compare import compare  # it needs numpy and all measures

    if {case.id for case in before}.isdisjoint(case.id for case in after):
        return None
    return compare(_saved(before, settings[0]), _saved(after, settings[1]))


def _saved(cases: Sequence[Case], settings: Mapping[str, str]) -> SavedRun:
    """The questions as a run that was kept, without the answers, which no measure needs here."""
    return SavedRun(Path(), settings, tuple(map(_row, cases)), None)


def _row(case: Case) -> dict[str, Any]:
    scores = {name: {"value": score.value} for name, score in case.scores.items()}
    return {"id": case.id, "question": case.question, "scores": scores, "error": case.error}
