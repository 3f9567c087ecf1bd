"""A drafted case as a person reads it in the terminal. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from evals.cases import normalise
from evals.types import EvalCase
from index.types import Paper
from rag.context import clean

_LABEL, _QUOTED, _QUIET = "bold", "bold green", "dim"


def shown(case: EvalCase, place: int, count: int, papers: Mapping[str, Paper]) -> Text:
    """All of a case; its quotes within their abstracts where ``papers``, by title, has them.

    Nothing in it moves the cursor or sets a colour but what is set here.
    """
    text = Text()
    text.append(f"\n{place} of {count}  ", _QUIET)
    text.append(clean(case.question), _LABEL)
    text.append(f"\n{clean(case.type)} · {clean(case.id)}\n", _QUIET)
    if not case.answerable:
        text.append("The papers don't answer this: a refusal is right.\n")
    for turn in case.history:
        _line(text, "Before", f"{turn.question} {turn.answer}")
    for title in case.gold_titles:
        _line(text, "Gold", title)
    for title in case.acceptable_titles:
        _line(text, "Near" if not case.answerable else "May cite", title)
    _quotes(text, case, papers)
    for point in case.answer_points:
        _line(text, "Point", point)
    if case.must_contain:
        _line(text, "Must hold", " | ".join(case.must_contain))
    for name, remark in (("Note", case.note), ("Why", case.why)):
        if remark:
            _line(text, name, remark, _QUIET)
    return text


def _line(text: Text, label: str, said: str, style: str = "") -> None:
    text.append(f"{label}: ", _LABEL)
    text.append(clean(said) + "\n", style)


def _quotes(text: Text, case: EvalCase, papers: Mapping[str, Paper]) -> None:
    """The abstracts with what is quoted of them set off, and quotes that stand in none."""
    left = {normalise(clean(quote)) for quote in case.gold_quotes}
    for title in (*case.gold_titles, *case.acceptable_titles):
        if paper := papers.get(title):
            abstract = Text(normalise(clean(paper.abstract)))
            left -= {quote for quote in left if abstract.highlight_words([quote], _QUOTED)}
            text.append("Abstract: ", _LABEL)
            text.append(abstract)
            text.append("\n")
    for quote in case.gold_quotes:
        if normalise(clean(quote)) in left:
            _line(text, "Quote", quote, _QUOTED)
