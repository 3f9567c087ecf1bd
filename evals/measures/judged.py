"""The judged measures: their definitions, and which measure says the same without a judge."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evals.measures import groups
from evals.types import Measure, Outcome, Score

GROUNDEDNESS = "judged_groundedness"
POINTS = "judged_points"
RELEVANCE = "judged_relevance"

NOT_JUDGED = "no judge was asked"


def judged_groundedness(outcome: Outcome) -> Score:
    """Share of the answer's claims that, says the judge, follow from what their markers stand for.

    In [0, 1]; a claim that cites nothing counts 0. Unscored: refusals, answers without claims, and
    replies that can't be trusted (see ``evals.judge.asking``).
    """
    return Score(GROUNDEDNESS, None, NOT_JUDGED)


def judged_points(outcome: Outcome) -> Score:
    """Share of the case's answer points that, says the judge, the answer says.

    In [0, 1]. Unscored: cases without points, and replies that can't be trusted.
    """
    return Score(POINTS, None, NOT_JUDGED)


def judged_relevance(outcome: Outcome) -> Score:
    """Whether, says the judge, the answer answers the question: 1, in part 0.5, or not 0.

    Unscored: refusals, blank answers, and replies that can't be trusted.
    """
    return Score(RELEVANCE, None, NOT_JUDGED)


JUDGED: tuple[Measure, ...] = (
    Measure(GROUNDEDNESS, judged_groundedness, group=groups.JUDGED, needs="--judge"),
    Measure(POINTS, judged_points, group=groups.JUDGED, needs="--judge and answer_points"),
    Measure(RELEVANCE, judged_relevance, group=groups.JUDGED, needs="--judge"),
)
"""Their scores come from a judge, after the run; of an outcome alone they are unscored."""

TWINS: Mapping[str, str] = MappingProxyType({GROUNDEDNESS: "groundedness", POINTS: "answer_points"})
"""The measure that grades the same without a judge, where there is one."""
