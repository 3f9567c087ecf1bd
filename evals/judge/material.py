"""Kept results -> what a judge is asked of them, or why it is not asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from evals.judge.types import Item, Line, Task, lines_of
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE

Row = Mapping[str, Any]
"""What ``CaseResult.to_dict()`` gives, as it comes back from disk."""

MOST_ITEMS = 100
"""Claims or points that are judged in one call; answers with more are unscored."""

MOST_CHARACTERS = 60_000
"""Characters of all that is shown for one measure; answers with more are unscored."""

_AUTHORS = 30  # that are named
_MARKER = re.compile(r"\s?\[\d{1,4}\]")


def task_for(row: Row, measure: str) -> Task | str:
    """What to ask for this measure of this result; a text that says why nothing is asked."""
    answer = row.get("answer")
    if not answer:
        return "the case failed"
    task = _BUILDERS[measure](row, answer)
    if isinstance(task, str):
        return task
    told = [*task.head, *lines_of(task.items)]
    if len(task.items) > MOST_ITEMS or sum(len(text) for _, text in told) > MOST_CHARACTERS:
        return "too much for a judge to read at once"
    return task


def _groundedness(row: Row, answer: Row) -> Task | str:
    """Each claim beside all quotes of its markers: which of a paper's are whose isn't kept."""
    if answer["abstained"]:
        return "a refusal"
    claims = answer.get("claims") or ()
    if not claims:
        return "the answer makes no claims"
    cited: dict[int, dict[str, None]] = {}
    for citation in answer["citations"]:
        quotes = cited.setdefault(citation["marker"], {_record(citation["paper"]): None})
        quotes[citation["quote"]] = None
    items, places = [], []
    for place, claim in enumerate(claims):
        given = dict.fromkeys(text for n in claim["markers"] for text in cited.get(n, ()))
        if given:
            places.append(place)
            items.append(Item("Claim", plain(claim["text"]), tuple(given)))
    quote = items[0].quotes[-1] if items else ""
    surely = Item("Claim", quote, (quote,)) if items else None
    return Task(row["id"], GROUNDEDNESS, (), tuple(items), tuple(places), len(claims), surely)


def _points(row: Row, answer: Row) -> Task | str:
    if "answer_points" not in row:
        return "the run was kept without answer points; run the cases again"
    points = row["answer_points"]
    if not points:
        return "the case has no answer points"
    said = plain(answer["text"])
    if not said:
        return "the answer is blank"
    items = tuple(Item("Point", point) for point in points)
    head = (*_asked(row), ("Answer: ", said))
    surely = Item("Point", _something_said(answer))
    return Task(row["id"], POINTS, head, items, tuple(range(len(items))), len(items), surely)


def _relevance(row: Row, answer: Row) -> Task | str:
    if answer["abstained"]:
        return "a refusal"
    said = plain(answer["text"])
    if not said:
        return "the answer is blank"
    surely = _right_answer(row)
    return Task(row["id"], RELEVANCE, _asked(row), (Item("Answer", said),), (0,), 1, surely)


_BUILDERS: Mapping[str, Callable[[Row, Row], Task | str]] = {
    GROUNDEDNESS: _groundedness,
    POINTS: _points,
    RELEVANCE: _relevance,
}


def _record(paper: Row) -> str:
    """What is known of a paper besides its abstract: lists and counts claim nothing else."""
    authors = paper.get("authors") or ()
    known = [
        f"dated {paper['date']}" if paper.get("date") else "",
        f"{paper['n_authors']} authors" if paper.get("n_authors") else "",
        f"by {', '.join(authors[:_AUTHORS])}" if authors else "",
        f"from {paper['organisation']}" if paper.get("organisation") else "",
        f"on {', '.join(pages)}" if (pages := paper.get("pages")) else "",
    ]
    return "; ".join([f"This is the paper “{paper['title']}”", *filter(None, known)])


def _asked(row: Row) -> tuple[Line, ...]:
    """The question, after what was said before it."""
    labels = (("question", "Earlier question: "), ("answer", "Earlier answer: "))
    turns = row.get("history") or ()
    before = ((label, plain(turn[key])) for turn in turns for key, label in labels if turn[key])
    return (*before, ("Question: ", row["question"]))


def _something_said(answer: Row) -> str:
    """Words of the answer as they stand there, none cut: its first claim, or its beginning."""
    first = next((plain(claim["text"]) for claim in answer.get("claims") or ()), "")
    said = plain(answer["text"])
    return first if first and first in said else _beginning(said)


def _right_answer(row: Row) -> Item | None:
    """The answer that the case itself gives, where there is one."""
    points = row.get("answer_points") or ()
    return Item("Answer", "; ".join(points)) if points and row.get("answerable", True) else None


def _beginning(text: str) -> str:
    """Its first 200 characters, up to where the last whole word ends; one that is longer whole."""
    end = text.rfind(" ", 0, 201)
    return text if len(text) <= 200 else text[:end] if end > 0 else text.partition(" ")[0]


def plain(text: str) -> str:
    """The text on one line, without its markers, which mean nothing to the judge."""
    return " ".join(_MARKER.sub("", text).split())
