"""A run of ``paperchat eval run``, its questions and its answers, as far as they could be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.types import Score


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure over questions: the mean of the ``n`` graded ones, None where there are none.

    ``interval`` is the run's own 95% interval of the mean, None where it kept none.
    """

    name: str
    mean: float | None
    n: int
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run by the name of its folder.

    ``asked`` are the questions that have ended, ``planned`` all that it set out with. ``settings``
    is the rest of its configuration, as words. ``problem`` says what the run lacks; "" for a whole
    one. Only a whole one has ``measures`` here; those of another are the means of its questions.
    """

    name: str
    folder: Path
    started: dt.datetime | None = None
    cases: str = ""
    model: str = ""
    asked: int = 0
    planned: int | None = None
    failed: int = 0
    measures: tuple[Measured, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a run: what was wanted of it, and its scores by measure.

    The answer stays in the file, in the line at ``[start, start + length)``, until it is shown.
    """

    id: str
    type: str
    question: str
    answerable: bool = True
    wanted: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    scores: Mapping[str, Score] = field(default_factory=dict)
    error: str = ""
    place: int = 0
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Cited:
    """A paper that an answer cites, under these markers."""

    title: str
    markers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a run answered; ``read_as`` is the question as it was understood."""

    text: str
    refused: bool = False
    reason: str = ""
    read_as: str = ""
    cited: tuple[Cited, ...] = ()
