"""What is being asked: does the question stand alone, which papers does it point to, and what
is to be searched for? By rules, without a language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from index.types import Filters, Paper
from rag.planning.conversation import Spoken, called, is_title, mentioned, spoken_of
from rag.planning.hops import Shape, parts_of, shape_of
from rag.planning.leaning import Leaning, has_pronoun, leaning
from rag.planning.others import asks_for_others
from rag.planning.plan import Papers, Plan
from rag.planning.references import (
    numbered,
    picked_one_by_one,
    picked_together,
    picks,
    picks_of_several,
)
from rag.planning.spelling import occurs, respelt
from rag.planning.subjects import is_foreign, is_new, own_thing, own_topic, refused, rewords
from rag.planning.titles import missing_title
from rag.types import Turn

__all__ = ["Papers", "Plan", "is_follow_up", "plan"]

_MOST_EARLIER = 4  # turns that a question can lean on
_MOST_TITLES = 3  # that are written into a question
_READ_AS = "What do the papers say about {}?"
_NEAREST = 5  # papers whose cosines are looked at: the best one needn't be the most similar
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
    found = _planned(question, history, filters, papers)
    missing = missing_title(question, papers) if papers and not found.focus else ""
    return replace(found, missing=missing) if missing else found


def _planned(
    question: str, history: Sequence[Turn], filters: Filters, papers: Papers | None
) -> Plan:
    turns = tuple(history)[-_MOST_EARLIER:]
    named = _named(question, papers) if papers else ()
    lean = leaning(question)
    if not turns or (lean == "no" and not picks(question)):
        return _alone(question, filters, named, papers)
    return _with_history(question, turns, lean, filters, named, papers)


def is_follow_up(question: str) -> bool:
    """Whether the question may need what was said before it, by its words alone."""
    return leaning(question) != "no"


def _with_history(
    question: str,
    turns: Sequence[Turn],
    lean: Leaning,
    filters: Filters,
    named: Sequence[Paper],
    papers: Papers | None,
) -> Plan:
    """The plan for a question that leans, or may lean, on what was said before it."""
    if has_pronoun(question):  # "When was it published?" is asked, though one be titled so
        named = [paper for paper in named if not is_title(question, paper)]
    alone = partial(_alone, question, filters, named, papers)
    spoken = [_spoken(turn, papers) if papers else Spoken() for turn in turns]
    picked = picked_one_by_one(question, spoken)
    subject = _subject(question, turns, spoken)
    if papers and not picked and (topic := _new_topic(question, subject, papers)):
        return replace(_alone(_READ_AS.format(topic), filters, (), papers), asked=question)
    if not picked and (lean == "no" or _has_own_subject(question, lean, subject, papers)):
        return alone()
    if not picked and numbered(question) and any(s.markers for s in spoken):
        return alone()  # no answer gave that number out
    together = () if picked else picked_together(question, spoken)
    known = _narrowed(question, picked or together or subject.papers, named)
    if not known and not named:
        return _after(question, filters, subject.questions)
    if known and not together and asks_for_others(question):
        return _others(question, filters, known, subject.questions[0], named)
    return _about(question, filters, _distinct((*known, *named)))


def _spoken(turn: Turn, papers: Papers) -> Spoken:
    """What the answer spoke of; of a refusal, only what its question named."""
    if not refused(turn):
        return spoken_of(turn, papers)
    named = _named(turn.question, papers)
    return Spoken(named, (None,) * len(named))


def _subject(question: str, turns: Sequence[Turn], spoken: Sequence[Spoken]) -> _Subject:
    """The subject that was spoken of last; a question that was refused is none by itself."""
    questions: list[str] = []
    papers: tuple[Paper, ...] = ()
    for turn, said in zip(reversed(turns), reversed(spoken), strict=True):
        if refused(turn) and not said and not rewords(question, turn.question):
            continue
        questions.insert(0, turn.question)
        papers = papers or said.papers
        if not is_follow_up(turn.question):
            break
    return _Subject(tuple(questions), papers)


def _new_topic(question: str, subject: _Subject, papers: Papers) -> str:
    """What a follow-up is about instead of the papers that were spoken of; empty if it isn't."""
    topic = own_topic(question) if subject.papers or not subject.questions else ""
    return topic if topic and is_new(topic, subject.papers, papers) else ""


def _named(question: str, papers: Papers) -> tuple[Paper, ...]:
    """The papers whose titles or names stand in the question itself."""
    return _distinct((*mentioned(question, papers).papers, *called(question, papers)))


def _narrowed(question: str, known: tuple[Paper, ...], named: Sequence[Paper]) -> tuple[Paper, ...]:
    """Of the papers spoken of, those that the question names, if it names any.

    "And DisenDiff?" names another one: then it is about that alone, unless a pronoun still stands
    for the earlier ones ("Is it better than DisenDiff?").
    """
    ids = {paper.id for paper in named}
    among = tuple(paper for paper in known if paper.id in ids)
    if named and not among and not has_pronoun(question):
        return ()
    return among or known


def _distinct(papers: Sequence[Paper]) -> tuple[Paper, ...]:
    return tuple({paper.id: paper for paper in papers}.values())


def _has_own_subject(
    question: str, lean: Leaning, subject: _Subject, papers: Papers | None
) -> bool:
    if papers is None or not subject.papers:
        return not subject.questions
    if lean == "yes":
        thing = own_thing(question)
        return bool(thing) and is_foreign(question, thing, subject.papers, papers)
    hits = papers.search(question, _NEAREST)
    (vector,) = papers.embedder.embed([question])
    stored = papers.stored([paper.id for paper in subject.papers])
    near = max((float((s.vectors @ vector).max()) for s in stored if s.chunks), default=1.0)
    nearest = max((hit.why.get("cosine", 0.0) for hit in hits), default=0.0)
    return nearest - near >= _OWN_SUBJECT


def _alone(question: str, filters: Filters, named: Sequence[Paper], papers: Papers | None) -> Plan:
    spelt = respelt(question, lambda word: papers is not None and occurs(papers, word))
    return Plan(
        asked=spelt,
        question=spelt,
        query=spelt,
        filters=filters,
        parts=parts_of(spelt) if spelt == question else (*parts_of(spelt), question),
        focus=tuple(paper.id for paper in named),
        shape=shape_of(spelt),
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


def _others(
    question: str,
    filters: Filters,
    known: Sequence[Paper],
    earlier: str,
    named: Sequence[Paper],
) -> Plan:
    """A question for other papers than those that were spoken of; these say what about."""
    return Plan(
        asked=question,
        question=f"{question} (other than {_titles(known)})",
        query=f"{earlier} {question}",
        filters=filters,
        parts=(question,),
        focus=tuple(paper.id for paper in named if paper not in known),
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
