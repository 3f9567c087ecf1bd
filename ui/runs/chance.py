"""Two runs as ``evals.compare`` sees them: which differences are more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.runs import SavedRun
from ui.runs.reading import State, cases_at, state
from ui.runs.types import Case, Run

if TYPE_CHECKING:
    from evals.compare import Comparison


def difference(before: Run, after: Run) -> Comparison | None:
    """B against A; None where they have no question in common.

    Worked out once for each state of both files: with 1,000 questions it takes about a second.
    """
    states = state(before), state(after)
    return _difference(*states) if states[0] and states[1] else None


@lru_cache(maxsize=16)
def _difference(before: State, after: State) -> Comparison | None:
    return compared(cases_at(before)[0], cases_at(after)[0])


def compared(before: Sequence[Case], after: Sequence[Case]) -> Comparison | None:
    """The same, of questions that have been read."""
    from evals.compare import compare  # it needs numpy and all measures

    if {case.id for case in before}.isdisjoint(case.id for case in after):
        return None
    return compare(_saved(before), _saved(after))


def _saved(cases: Sequence[Case]) -> SavedRun:
    """The questions as a run that was kept, without the answers, which no measure needs here."""
    return SavedRun(Path(), {}, tuple(map(_row, cases)), None)


def _row(case: Case) -> dict[str, Any]:
    scores = {name: {"value": score.value} for name, score in case.scores.items()}
    return {"id": case.id, "question": case.question, "scores": scores, "error": case.error}
