"""What other cases of a run say: controls that are on the subject, and that nobody can foresee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from evals.judge.material import plain
from evals.judge.types import Task, lines_of
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE
from rag.grounding.words import numbers_of, words_of

Row = Mapping[str, Any]

TRIES = 60
"""Other cases that are looked at for one control."""

LONGEST = 2_000
"""Characters of a control."""

_FEWEST_WORDS = 4
_MOST_SHARED = 0.5  # of a control's words, with all that is shown for the case
_MOST_ASKED = 0.25  # of a question's words, with another case's answer


@dataclass(frozen=True, slots=True)
class _Case:
    """``papers``: titles that it is about, ``near``: those and the others found for it."""

    question: str
    follows: bool
    papers: frozenset[str]
    near: frozenset[str]
    texts: Mapping[str, tuple[str, ...]]

    def is_apart(self, other: _Case) -> bool:
        """Whether the other is about papers, none of which has to do with this one."""
        same = _squeezed((self.question,)) == _squeezed((other.question,))
        return not same and bool(other.papers) and self.near.isdisjoint(other.papers)


class Strangers:
    """Texts of the cases of a run, by which a judge of another one is put to the test.

    Of a case that gives answer points these, since they are its author's; what a model wrote only
    of the others, as a text that speaks to the judge may have got into it.
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        """``rows``: the results of the run."""
        self._cases = {str(row["id"]): _case(row) for row in rows}

    def draw(self, task: Task, rng: Random) -> str | None:
        """A claim, point or answer of another case which, of this one, is surely a NO.

        The two share no paper and no question. The text names something that nothing shown for
        this case names, has no number in common with it, and at most half of its words; of the
        words of a question, another's answer has at most a quarter, and to one that follows on
        another it may always be an answer. None where no such text is found.
        """
        own = self._cases.get(task.case)
        if own is None or (task.measure == RELEVANCE and own.follows):
            return None
        others = list(self._cases.values())
        shown = _Words.of(own.question, *(text for _, text in (*task.head, *lines_of(task.items))))
        asked = _Words.of(own.question) if task.measure == RELEVANCE else None
        for other in rng.sample(others, min(TRIES, len(others))):
            texts = other.texts[task.measure]
            if texts and own.is_apart(other):
                text = rng.choice(texts)
                if _is_strange(text, shown, asked):
                    return text
        return None


@dataclass(frozen=True, slots=True)
class _Words:
    stems: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, *texts: str) -> _Words:
        words = [word for text in texts for word in words_of(text)]
        return cls(
            frozenset(word.stem for word in words if word.content and not word.number),
            frozenset(word.stem for word in words if word.name),
            frozenset(number.value for number in numbers_of(words)),
        )


def _is_strange(text: str, shown: _Words, asked: _Words | None) -> bool:
    given = _Words.of(text)
    return (
        len(text) <= LONGEST
        and len(given.stems) >= _FEWEST_WORDS
        and not given.names <= shown.stems
        and given.numbers.isdisjoint(shown.numbers)
        and len(given.stems & shown.stems) <= _MOST_SHARED * len(given.stems)
        and (asked is None or len(asked.stems & given.stems) <= _MOST_ASKED * len(asked.stems))
    )


def _case(row: Row) -> _Case:
    answer = row.get("answer") or {}
    cited = [citation["paper"]["title"] for citation in answer.get("citations") or ()]
    papers = _squeezed([*row.get("gold_titles", ()), *row.get("acceptable_titles", ()), *cited])
    return _Case(
        row["question"],
        bool(row.get("history", True)),  # not kept by older runs
        papers,
        papers | _squeezed(row.get("retrieved", ())),
        _texts(row, answer),
    )


def _texts(row: Row, answer: Row) -> Mapping[str, tuple[str, ...]]:
    """By measure; none of a question without an answer, and of a refusal."""
    points = tuple(row.get("answer_points") or ()) if row.get("answerable", True) else ()
    claims: Sequence[Row] = () if answer.get("abstained", True) else answer.get("claims") or ()
    said = plain(answer["text"]) if claims else ""
    return {
        GROUNDEDNESS: points or tuple(plain(claim["text"]) for claim in claims),
        POINTS: points,
        RELEVANCE: ("; ".join(points),) if points else (said,) if said else (),
    }


def _squeezed(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(text.split()).casefold() for text in texts)
