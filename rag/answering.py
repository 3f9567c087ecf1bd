"""A finished draft -> claims with verdicts, citations with support, and the Answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from index.types import Hit
from rag.cancellation import Cancellation
from rag.citations import MarkerResolver
from rag.cited import CitedSentence, cited_sentences
from rag.grounding import Checker, Pair, Support, verdict
from rag.judging import judge
from rag.models import ChatModel
from rag.numbering import claim_with_numbers
from rag.quoting import QuoteResolver
from rag.reply import Draft
from rag.types import Answer, Checked, Citation, Claim, Source
from rag.withholding import without

_ENDS = ".?!\n。？！"
_OPENS = re.compile(r"\A(?:yes|no|ja|nein|sí|oui|non)[,:;.–—-]+\s+(?=\S)", re.IGNORECASE)
REASON_NO_HITS = "no paper matches the question and its filters"
REASON_REFUSED = "the papers found hold no answer"
QUOTING = "Quoted word for word from the abstracts; no language model wrote this."
QUOTING_NUMBERS = (
    "Quoted from the abstracts; no language model wrote this. Numbers that stand there in square "
    "brackets are in round ones here, the rest is word for word."
)


@dataclass(frozen=True, slots=True)
class Verified:
    """A text whose claims were checked: what is said, what stands behind it, what was withheld."""

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    withheld: tuple[Claim, ...] = ()


def verify(
    draft: Draft,
    checker: Checker,
    second: ChatModel | None = None,
    *,
    withhold: bool = False,
    numbers: Mapping[str, int] = MappingProxyType({}),
    cancellation: Cancellation | None = None,
) -> Verified:
    """Weighs each sentence of the draft against the sentences that it cites.

    Quotes claim what they quote. Where a ``second`` judge has an opinion, that one counts. With
    ``withhold``, unsupported claims are taken out of the text and the markers numbered anew;
    ``numbers`` are those that the conversation has given out.
    """
    if isinstance(draft.resolver, QuoteResolver):
        return _quoted(draft)
    everything = cited_sentences(draft.text, draft.resolver.occurrences)
    sentences = [sentence for sentence in everything if _says(sentence)]
    if not sentences:
        return Verified("", (), ())
    judged = weigh(sentences, checker)
    claims = _claims(sentences, judged, second, cancellation)
    dropped = {
        i
        for i, (sentence, claim) in enumerate(zip(sentences, claims, strict=True))
        if claim.verdict == "unsupported"
        and (sentence.citations or not draft.tells_what_is_missing(sentence.text))
    }
    kept = [i for i in range(len(claims)) if i not in dropped or not withhold]
    citations = _supported(kept, sentences, judged)
    text, renumbered = draft.text, {c.marker: c.marker for c in citations}
    spans = [s.span for s in everything if s.citations and not _says(s)]  # markers of nothing
    spans += [sentences[i].span for i in dropped if withhold]
    if spans:
        text, renumbered = without(draft.text, sorted(spans), set(numbers.values()))
    shown = [i for i in kept if claims[i].markers or i in dropped]
    return Verified(
        text,
        tuple(claim_with_numbers(claims[i], renumbered) for i in shown),
        tuple(sorted((replace(c, marker=renumbered[c.marker]) for c in citations), key=_place)),
        tuple(claims[i] for i in sorted(dropped)) if withhold else (),
    )


@dataclass(slots=True)
class LiveCheck:
    """Checks sentences while a reply streams: each as soon as the next one has begun."""

    checker: Checker
    claims: list[Claim] = field(default_factory=list)
    _read: int = 0
    _resolver: MarkerResolver | None = None

    def __call__(self, resolver: MarkerResolver) -> Iterator[Checked]:
        """The claims that have ended since the last call."""
        if resolver is not self._resolver:  # the reply has begun anew, or it is another one
            self.claims, self._read, self._resolver = [], 0, resolver
        text = resolver.text
        fresh, self._read = text[self._read :], len(text)
        if not any(c in fresh for c in _ENDS):
            return
        ended = [s for s in cited_sentences(text, resolver.occurrences)[:-1] if _says(s)]
        new = ended[len(self.claims) :]
        for sentence, support in zip(new, weigh(new, self.checker), strict=True):
            claim = _claim(sentence, support)
            self.claims.append(claim)
            yield Checked(claim)


def weigh(sentences: Sequence[CitedSentence], checker: Checker) -> list[Support]:
    """How well each sentence is supported by all that it cites."""
    pairs = [
        Pair(_OPENS.sub("", s.text), tuple(c.quote for c in s.citations), _titles(s.citations))
        for s in sentences
    ]
    return list(checker.check_many(pairs))


def _titles(citations: Sequence[Citation]) -> str:
    return " ".join(dict.fromkeys(citation.paper.title for citation in citations))


def _says(sentence: CitedSentence) -> bool:
    return any(c.isalnum() for c in sentence.text)


def _claim(sentence: CitedSentence, support: Support) -> Claim:
    rated = verdict(support) if sentence.citations else "unsupported"
    return Claim(sentence.text, sentence.markers, rated)


def _claims(
    sentences: Sequence[CitedSentence],
    judged: Sequence[Support],
    second: ChatModel | None,
    cancellation: Cancellation | None,
) -> list[Claim]:
    """The sentences as claims; where a second judge has an opinion, that one counts."""
    claims = [_claim(s, support) for s, support in zip(sentences, judged, strict=True)]
    if second is None:
        return claims
    pairs = [(s.text, [c.quote for c in s.citations]) for s in sentences]
    opinions = judge(second, pairs, cancellation=cancellation)
    return [replace(c, verdict=o or c.verdict) for c, o in zip(claims, opinions, strict=True)]


def _supported(
    kept: Sequence[int], sentences: Sequence[CitedSentence], judged: Sequence[Support]
) -> list[Citation]:
    """The citations of the kept sentences, each with the best support that it gives."""
    best: dict[tuple[int, int], Citation] = {}
    for i in kept:
        for citation in sentences[i].citations:
            place = (citation.marker, citation.start)
            before = best[place].support if place in best else 0.0
            best[place] = replace(citation, support=max(before, round(judged[i].score, 4)))
    return list(best.values())


def _place(citation: Citation) -> tuple[int, int]:
    return citation.marker, citation.start


def _quoted(draft: Draft) -> Verified:
    citations = tuple(replace(c, support=1.0) for c in draft.resolver.citations)
    claims = tuple(Claim(" ".join(c.quote.split()), (c.marker,), "supported") for c in citations)
    return Verified(draft.text, claims, tuple(sorted(citations, key=_place)))


def answered(answer: Answer, verified: Verified, *, abstained: bool = False) -> Answer:
    """The answer with this text, as an answer or as a refusal."""
    return replace(
        answer,
        text=verified.text,
        claims=verified.claims,
        citations=verified.citations,
        sources=mark_cited(answer.sources, verified.citations),
        abstained=abstained,
        reason=REASON_REFUSED if abstained else None,
    )


def joined(first: Verified, second: Verified) -> Verified:
    """One text after the other; a sentence that both cite is one citation."""
    text = "\n\n".join(part for part in (first.text, second.text) if part)
    by_place = {_place(c): c for c in (*second.citations, *first.citations)}
    citations = tuple(sorted(by_place.values(), key=_place))
    return Verified(text, (*first.claims, *second.claims), citations, first.withheld)


def told(claims: Iterable[Claim]) -> Iterator[Checked]:
    """The claims as events."""
    yield from (Checked(claim) for claim in claims)


def sources_of(hits: Iterable[Hit]) -> tuple[Source, ...]:
    """The hits as sources that are not cited yet."""
    return tuple(Source.from_hit(hit) for hit in hits)


def mark_cited(sources: tuple[Source, ...], citations: tuple[Citation, ...]) -> tuple[Source, ...]:
    """The sources, those cited marked."""
    cited = {citation.paper.id for citation in citations}
    return tuple(replace(source, cited=source.paper.id in cited) for source in sources)


def notices_of(draft: Draft, verified: Verified) -> tuple[str, ...]:
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
        notices.append(f"{references} of the model's own removed from the text.")
    if verified.withheld:
        count = len(verified.withheld)
        sentences = "1 sentence was" if count == 1 else f"{count} sentences were"
        notices.append(f"{sentences} withheld: what they cite doesn't support them.")
    return tuple(notices)
