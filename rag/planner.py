"""What is being asked: does the question stand alone, which papers does it point to, and what
is to be searched for? By rules, without a language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Filters, Paper
from rag.planning.conversation import Spoken, mentioned, spoken_of
from rag.planning.hops import Shape, parts_of, shape_of
from rag.planning.leaning import leaning
from rag.planning.others import asks_for_others
from rag.planning.plan import Papers, Plan
from rag.planning.references import picked_one_by_one, picked_together, picks_of_several
from rag.types import Turn

__all__ = ["Papers", "Plan", "is_follow_up", "plan"]

_MOST_EARLIER = 4  # turns that a question can lean on
_MOST_TITLES = 3  # that are written into a question
_OWN_SUBJECT = 0.2
"""A question that may stand alone does, where the best paper of all is closer to it than those
that were spoken of, by this much in cosine. Half of the development questions that follow up
without a sure sign stay below; nine in ten that are put after a foreign conversation don't."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What was spoken of: the questions back to one that stands alone, and the last papers."""

    questions: tuple[str, ...]
    papers: tuple[Paper, ...]


def plan(
    question: str, history: Sequence[Turn], filters: Filters, papers: Papers | None = None
) -> Plan:
    """The plan for a question after ``history``, oldest turn first.

    A question that leans on earlier ones is made to stand alone with the titles of the papers
    that the last answers spoke of, or the earlier questions where they spoke of none. Without
    ``papers``, titles can't be looked up, and the earlier questions have to do.
    """
    turns = tuple(history)[-_MOST_EARLIER:]
    spoken = [spoken_of(turn, papers) if papers else Spoken() for turn in turns]
    named = mentioned(question, papers).papers if papers else ()
    picked = picked_one_by_one(question, spoken)
    lean = leaning(question)
    subject = _subject(turns, spoken)
    if not turns or (lean == "no" and not picked):
        return _alone(question, filters, named)
    if lean == "maybe" and not picked and _has_own_subject(question, subject, papers):
        return _alone(question, filters, named)
    picked = picked or picked_together(question, spoken)
    known = picked or subject.papers
    if not known and not named:
        return _after(question, filters, subject.questions)
    if known and asks_for_others(question):
        return _others(question, filters, known, subject.questions[0])
    return _about(question, filters, tuple({p.id: p for p in (*named, *known)}.values()))


def is_follow_up(question: str) -> bool:
    """Whether the question may need what was said before it, by its words alone."""
    return leaning(question) != "no"


def _subject(turns: Sequence[Turn], spoken: Sequence[Spoken]) -> _Subject:
    questions: list[str] = []
    papers: tuple[Paper, ...] = ()
    for turn, said in zip(reversed(turns), reversed(spoken), strict=True):
        questions.insert(0, turn.question)
        papers = papers or said.papers
        if not is_follow_up(turn.question):
            break
    return _Subject(tuple(questions), papers)


def _has_own_subject(question: str, subject: _Subject, papers: Papers | None) -> bool:
    if papers is None or not subject.papers:
        return False
    hits = papers.search(question, 1)
    (vector,) = papers.embedder.embed([question])
    stored = papers.stored([paper.id for paper in subject.papers])
    near = max((float((s.vectors @ vector).max()) for s in stored if s.chunks), default=1.0)
    return bool(hits) and hits[0].why.get("cosine", 0.0) - near >= _OWN_SUBJECT


def _alone(question: str, filters: Filters, named: Sequence[Paper]) -> Plan:
    return Plan(
        asked=question,
        question=question,
        query=question,
        filters=filters,
        parts=parts_of(question),
        focus=tuple(paper.id for paper in named),
        shape=shape_of(question),
    )


def _after(question: str, filters: Filters, earlier: Sequence[str]) -> Plan:
    """A question about what was asked before, where no paper is known to be the subject."""
    standalone = " ".join([*earlier, question])
    return Plan(question, standalone, standalone, filters, shape=shape_of(question))


def _about(question: str, filters: Filters, focus: Sequence[Paper]) -> Plan:
    """A question about papers that were spoken of."""
    return Plan(
        asked=question,
        question=f"{question} (about {_titles(focus)})",
        query=f"{question} {' '.join(paper.title for paper in focus[:_MOST_TITLES])}",
        filters=filters,
        focus=tuple(paper.id for paper in focus),
        shape=_shape(question, len(focus)),
    )


def _others(question: str, filters: Filters, known: Sequence[Paper], earlier: str) -> Plan:
    """A question for other papers than those that were spoken of; these say what about."""
    return Plan(
        asked=question,
        question=f"{question} (other than {_titles(known)})",
        query=f"{earlier} {question}",
        filters=filters,
        parts=(question,),
        besides=tuple(paper.id for paper in known),
        shape=shape_of(question),
    )


def _shape(question: str, focus: int) -> Shape:
    if picks_of_several(question) or focus == 1:
        return "one"
    return shape_of(question) if focus != 2 else "two"


def _titles(papers: Sequence[Paper]) -> str:
    quoted = [f'"{paper.title}"' for paper in papers[:_MOST_TITLES]]
    more = len(papers) - len(quoted)
    if more:
        quoted.append(f"{more} more")
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
