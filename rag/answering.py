"""A finished draft -> claims with verdicts, citations with support, and the Answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.types import Hit
from rag import grounding
from rag.citations import CitedSentence, cited_sentences
from rag.quoting import QuoteResolver
from rag.reply import Draft
from rag.types import Answer, Citation, Claim, Source

NO_HITS = "No paper in the store matches this question, so there is nothing to answer from."
NO_ANSWER = "The papers found for this question hold no answer to it."
REASON_NO_HITS = "no paper matches the question and its filters"
REASON_REFUSED = "the papers found hold no answer"
REASON_UNCITED = "the reply cites no paper, so nothing in it can be checked"
QUOTING = "Quoted word for word from the abstracts; no language model wrote this."
QUOTING_NUMBERS = (
    "Quoted from the abstracts; no language model wrote this. Numbers that stand there in square "
    "brackets are in round ones here, the rest is word for word."
)


@dataclass(frozen=True, slots=True)
class Checks:
    """The claims of a text, and the citations with their support filled in."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


def check(draft: Draft) -> Checks:
    """Grounds each sentence of the draft in the quotes that it cites."""
    sentences = cited_sentences(draft.text, draft.resolver.occurrences)
    best: dict[tuple[int, int], float] = {}
    for sentence in sentences:
        for citation in sentence.citations:
            place = (citation.marker, citation.start)
            score = grounding.support(sentence.text, [citation.quote])
            best[place] = max(best.get(place, 0.0), score)
    citations = tuple(
        replace(citation, support=round(best.get((citation.marker, citation.start), 0.0), 4))
        for citation in sorted(draft.resolver.citations, key=lambda c: c.marker)
    )
    return Checks(tuple(_claim(sentence) for sentence in sentences), citations)


def _claim(sentence: CitedSentence) -> Claim:
    if not sentence.citations:
        return Claim(sentence.text, (), "unsupported")
    score = grounding.support(sentence.text, [citation.quote for citation in sentence.citations])
    return Claim(sentence.text, sentence.markers, grounding.verdict(score))


def compose(draft: Draft, checks: Checks, answer: Answer) -> Answer:
    """The answer with the draft's text; a refusal where the draft opens with one or cites nothing.

    A refusal may cite what comes near; words that follow a cited claim make it a partial answer.
    """
    if checks.citations and draft.says_something:
        return replace(
            answer,
            text=draft.text,
            claims=checks.claims,
            citations=checks.citations,
            sources=mark_cited(answer.sources, checks.citations),
            abstained=draft.opens_with_refusal,
            reason=REASON_REFUSED if draft.opens_with_refusal else None,
        )
    if draft.says_something and not draft.refused and answer.mode == "generative":
        return replace(
            answer, text=draft.text, claims=checks.claims, abstained=True, reason=REASON_UNCITED
        )
    text = draft.text if draft.refused and not checks.citations else ""
    return replace(answer, text=text or NO_ANSWER, abstained=True, reason=REASON_REFUSED)


def sources_of(hits: Iterable[Hit]) -> tuple[Source, ...]:
    """The hits as sources that are not cited yet."""
    return tuple(Source.from_hit(hit) for hit in hits)


def mark_cited(sources: tuple[Source, ...], citations: tuple[Citation, ...]) -> tuple[Source, ...]:
    """The sources, those cited marked."""
    cited = {citation.paper.id for citation in citations}
    return tuple(replace(source, cited=source.paper.id in cited) for source in sources)


def notices_of(draft: Draft) -> tuple[str, ...]:
    """What a reader should know about how the text came about."""
    notices = []
    if isinstance(draft.resolver, QuoteResolver) and draft.resolver.citations:
        notices.append(QUOTING_NUMBERS if draft.resolver.rewritten else QUOTING)
    completion = draft.completion
    if completion.finish == "truncated":
        notices.append(f"The answer is cut short: {completion.detail or 'the reply was cut'}.")
    elif completion.finish == "failed":
        notices.append(f"The answer is cut short: {completion.detail or 'the model failed'}")
    removed = sum(draft.resolver.removed.values())
    if removed:
        references = "1 reference" if removed == 1 else f"{removed} references"
        notices.append(f"{references} to nothing that was retrieved removed from the text.")
    return tuple(notices)
