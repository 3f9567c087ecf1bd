"""Small answers and outcomes, written out, for the tests of the measures."""

from __future__ import annotations

from evals.types import EvalCase, Outcome
from index.types import Paper
from rag.types import Answer, Citation, Claim, Source

ABSTRACT = "We train on 2 million clips. Results are good."


def paper(title: str) -> Paper:
    return Paper(id=f"id-{title}", title=title, abstract=ABSTRACT)


def citation(marker: int, title: str, start: int = 0, end: int = 28) -> Citation:
    return Citation(marker, paper(title), ABSTRACT[start:end], start, end, 1.0)


def answer(
    text: str = "",
    citations: tuple[Citation, ...] = (),
    *,
    abstained: bool = False,
    reason: str | None = None,
    claims: tuple[Claim, ...] = (),
    sources: tuple[Source, ...] = (),
) -> Answer:
    return Answer(
        question="q",
        rewritten_question="q",
        text=text,
        claims=claims,
        citations=citations,
        sources=sources,
        abstained=abstained,
        reason=reason,
        mode="extractive",
        model="extractive",
    )


def case(
    *gold: str,
    kind: str = "single_fact",
    acceptable: tuple[str, ...] = (),
    must: tuple[str, ...] = (),
    answerable: bool = True,
    points: tuple[str, ...] = (),
    quotes: tuple[str, ...] = (),
) -> EvalCase:
    return EvalCase(
        id="c1",
        type=kind,
        question="q",
        gold_titles=gold,
        acceptable_titles=acceptable,
        must_contain=must,
        answer_points=points,
        gold_quotes=quotes,
        answerable=answerable,
    )


def failed(of: EvalCase) -> Outcome:
    return Outcome(of, None, error="Boom: it broke")
