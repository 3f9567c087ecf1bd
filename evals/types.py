"""The values of an evaluation: cases, what happened on them, scores and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from rag.types import Answer, Turn

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class EvalCase:
    """A question and what a good answer to it holds. Titles have their whitespace normalised.

    ``gold_titles``: every paper that a correct answer must cite; ``acceptable_titles``: those that
    it may cite too. ``must_contain``: strings that the answer has to hold. ``gold_quotes``: the
    sentences of the gold papers that answer, where somebody has marked them. ``reviewed``: whether
    the truth is there; a case that waits for a person has a question only. ``note`` and ``why``
    are remarks for that person; they change no score. ``line`` is the line of the cases file, for
    messages; 0 where there was none.
    """

    id: str
    type: str
    question: str
    gold_titles: tuple[str, ...] = ()
    acceptable_titles: tuple[str, ...] = ()
    answer_points: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    gold_quotes: tuple[str, ...] = ()
    answerable: bool = True
    history: tuple[Turn, ...] = ()
    reviewed: bool = True
    note: str = ""
    why: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened on one case: an answer or an error, never both.

    ``retrieved``: titles of the papers found for the question, best first, whitespace normalised.
    ``milliseconds``: wall-clock time until the whole answer was there.
    """

    case: EvalCase
    answer: Answer | None
    retrieved: tuple[str, ...] = ()
    error: str | None = None
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """One measure on one case. ``value`` None: could not be graded, which is not zero."""

    measure: str
    value: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A named way to score an outcome.

    ``bounded`` measures lie in [0, 1] and are of quality; the others tell what it took. ``group``
    is the heading that reports show it under, ``digits`` how many decimals. ``needs`` says what it
    takes to score any case, for reports of runs that lack it; "" where nothing but an answer is.
    ``paired``: False where a case's score can't differ between two runs that both graded it, so
    that only means can be told apart, not by a test over pairs.
    """

    name: str
    score: Callable[[Outcome], Score]
    better: Better = "higher"
    bounded: bool = True
    group: str = "others"
    digits: int = 3
    needs: str = ""
    paired: bool = True


@dataclass(frozen=True, slots=True)
class Grades:
    """What a report needs of one case: its type, a value for each measure, whether it failed."""

    type: str
    values: Mapping[str, float | None]
    failed: bool

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Grades:
        """Those of a kept result, which ``CaseResult.to_dict`` gave."""
        values = {name: score["value"] for name, score in row["scores"].items()}
        return cls(row["type"], values, row["error"] is not None)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """An outcome with its scores, one for each measure."""

    outcome: Outcome
    scores: Mapping[str, Score]

    @property
    def grades(self) -> Grades:
        """What a report needs of it."""
        values = {name: score.value for name, score in self.scores.items()}
        return Grades(self.outcome.case.type, values, self.outcome.error is not None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; what a run keeps for the case."""
        case, outcome = self.outcome.case, self.outcome
        return {
            "id": case.id,
            "type": case.type,
            "question": case.question,
            "answerable": case.answerable,
            "history": [{"question": t.question, "answer": t.answer} for t in case.history],
            "gold_titles": list(case.gold_titles),
            "acceptable_titles": list(case.acceptable_titles),
            "gold_quotes": list(case.gold_quotes),
            "answer_points": list(case.answer_points),
            "must_contain": list(case.must_contain),
            "scores": {
                name: {"value": score.value, "why": score.why}
                for name, score in self.scores.items()
            },
            "retrieved": list(outcome.retrieved),
            "error": outcome.error,
            "milliseconds": outcome.milliseconds,
            "answer": outcome.answer.to_dict() if outcome.answer else None,
        }


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A measure over all cases.

    ``mean`` over the ``n`` graded cases, None where there are none; ``unscored`` cases could not be
    graded; ``interval`` is the 95% bootstrap interval of the mean, None for fewer than two cases.
    """

    mean: float | None
    n: int
    unscored: int
    interval: tuple[float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self) | {"interval": list(self.interval) if self.interval else None}


@dataclass(frozen=True, slots=True)
class Summary:
    """Aggregates of all cases and of each type of question, and what was run."""

    cases: int
    errors: int
    aggregates: Mapping[str, Aggregate]
    by_type: Mapping[str, Mapping[str, Aggregate]]
    config: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "cases": self.cases,
            "errors": self.errors,
            "aggregates": {name: value.to_dict() for name, value in self.aggregates.items()},
            "by_type": {
                kind: {name: value.to_dict() for name, value in values.items()}
                for kind, values in self.by_type.items()
            },
            "config": dict(self.config),
        }


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All results in the order of the cases, and their summary."""

    rows: tuple[CaseResult, ...]
    summary: Summary

    @property
    def aggregates(self) -> Mapping[str, Aggregate]:
        """Each measure over all cases."""
        return self.summary.aggregates

    @property
    def by_type(self) -> Mapping[str, Mapping[str, Aggregate]]:
        """Each measure over the cases of each type of question."""
        return self.summary.by_type

    @property
    def config(self) -> Mapping[str, Any]:
        """What was run."""
        return self.summary.config

    @property
    def errors(self) -> int:
        """Cases that ended in an error."""
        return self.summary.errors

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without the rows."""
        return self.summary.to_dict()
