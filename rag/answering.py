"""A finished draft -> claims with verdicts, citations with support, and the Answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from index.types import Hit
from rag.citations import MarkerResolver
from rag.cited import CitedSentence, Occurrence, cited_sentences
from rag.grounding import Checker, Pair, Support, verdict
from rag.judging import Judgement
from rag.numbering import claim_with_numbers
from rag.quoting import QuoteResolver
from rag.reply import Draft
from rag.types import Answer, Checked, Citation, Claim, Source
from rag.withholding import without

_ENDS = ".?!\n。？！"
_OPENS = re.compile(r"\A(?:yes|no|ja|nein|sí|oui|non)[,:;.–—-]+\s+(?=\S)", re.IGNORECASE)
REASON_NO_HITS = "no paper matches the question"
REASON_REFUSED = "the papers found hold no answer"
QUOTING = "Quoted word for word from the abstracts; no language model wrote this."
QUOTING_NUMBERS = (
    "Quoted from the abstracts; no language model wrote this. Numbers that stand there in square "
    "brackets are in round ones here, the rest is word for word."
)


Second = Callable[[Sequence[tuple[str, Sequence[str]]]], Judgement]
"""A second judge of claims, each with the quotes that it cites."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A text whose claims were checked: what is said, what stands behind it, what was withheld.

    ``rated``: all claims of the draft, those withheld too, with its own markers.
    """

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    withheld: tuple[Claim, ...] = ()
    rated: tuple[Claim, ...] = ()
    judgement: Judgement = field(default_factory=Judgement)


@dataclass(frozen=True, slots=True)
class _Rated:
    """A sentence of a draft as a claim. ``falls``: nothing supports it, and it should."""

    sentence: CitedSentence
    support: Support
    claim: Claim
    falls: bool


def verify(
    draft: Draft,
    checker: Checker,
    second: Second | None = None,
    *,
    withhold: bool = False,
    strict: bool = False,
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> Verified:
    """Weighs each sentence of the draft against the sentences that it cites.

    Quotes claim what they quote. Where a ``second`` judge has a verdict, that one counts. With
    ``withhold``, unsupported claims are taken out of the text, if ``strict`` weak ones too, and the
    markers numbered anew; ``numbers`` are those that the conversation has given out.
    """
    if isinstance(draft.resolver, QuoteResolver):
        return _quoted(draft)
    everything = cited_sentences(draft.text, draft.resolver.occurrences)
    sentences = [sentence for sentence in everything if _says(sentence)]
    if not sentences:
        return Verified("", (), ())
    rated, judgement = _rated(draft, sentences, checker, second)
    goes = [withhold and (r.falls or (strict and r.claim.verdict == "weak")) for r in rated]
    gone = [one for one, out in zip(rated, goes, strict=True) if out]
    kept = [one for one, out in zip(rated, goes, strict=True) if not out]
    citations = _supported(kept)
    text, new = draft.text, {c.marker: c.marker for c in citations}
    spans = [s.span for s in everything if s.citations and not _says(s)]  # markers of nothing
    spans += [one.sentence.span for one in gone]
    if spans:
        text, new = without(draft.text, sorted(spans), set(numbers.values()))
        citations = [citation for citation in citations if citation.marker in new]
    shown = [one.claim for one in kept if one.claim.markers or one.falls]
    return Verified(
        text,
        tuple(claim_with_numbers(claim, new) for claim in shown),
        tuple(sorted((replace(c, marker=new[c.marker]) for c in citations), key=_place)),
        tuple(one.claim for one in gone),
        tuple(one.claim for one in rated if one.claim.markers or one.falls),
        judgement,
    )


def _rated(
    draft: Draft, sentences: Sequence[CitedSentence], checker: Checker, second: Second | None
) -> tuple[list[_Rated], Judgement]:
    """The sentences as claims, and what the second judge said, whose verdict counts."""
    supports = weigh(sentences, checker)
    claims = [_claim(s, support) for s, support in zip(sentences, supports, strict=True)]
    judgement = Judgement()
    if second is not None:
        judgement = second([(s.text, [c.quote for c in s.citations]) for s in sentences])
        both = zip(claims, judgement.verdicts, strict=True)
        claims = [replace(claim, verdict=v or claim.verdict) for claim, v in both]
    uncited = [i for i, sentence in enumerate(sentences) if not sentence.citations]
    missing = [i for i in uncited if draft.says_what_is_missing(sentences[i].text)][-1:]
    falls = [c.verdict == "unsupported" and i not in missing for i, c in enumerate(claims)]
    rows = zip(sentences, supports, claims, falls, strict=True)
    return [_Rated(*row) for row in rows], judgement


@dataclass(slots=True)
class LiveCheck:
    """Checks sentences while a reply streams: each that cites, once the next one has begun.

    What a sentence cites is known then, since markers behind its full stop are its own, too. One
    without citations waits for the end, where it is known whether it says what is missing.
    """

    checker: Checker
    _ended: int = 0  # where the first sentence begins that has not ended
    _read: int = 0
    _resolver: MarkerResolver | None = None

    def __call__(self, resolver: MarkerResolver) -> Iterator[Checked]:
        """The claims that have ended since the last call."""
        if resolver is not self._resolver:  # the reply has begun anew, or it is another one
            self._ended, self._read, self._resolver = 0, 0, resolver
        text = resolver.text
        fresh, self._read = text[self._read :], len(text)
        if not any(c in fresh for c in _ENDS):
            return
        begun = cited_sentences(text[self._ended :], _since(self._ended, resolver))
        new = [s for s in begun[:-1] if s.citations and _says(s)]
        self._ended += begun[-1].span[0] if begun else 0
        for sentence, support in zip(new, weigh(new, self.checker), strict=True):
            yield Checked(_claim(sentence, support))


def _since(place: int, resolver: MarkerResolver) -> list[Occurrence]:
    """What is cited from this place of the text on, counted from it."""
    later = (one for one in resolver.occurrences if one.start >= place)
    return [replace(one, start=one.start - place, end=one.end - place) for one in later]


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


def _supported(kept: Sequence[_Rated]) -> list[Citation]:
    """The citations of the kept sentences, each with the best support that it gives."""
    best: dict[tuple[int, int], Citation] = {}
    for one in kept:
        for citation in one.sentence.citations:
            place = (citation.marker, citation.start)
            before = best[place].support if place in best else 0.0
            best[place] = replace(citation, support=max(before, round(one.support.score, 4)))
    return list(best.values())


def _place(citation: Citation) -> tuple[int, int]:
    return citation.marker, citation.start


def _quoted(draft: Draft) -> Verified:
    citations = tuple(replace(c, support=1.0) for c in draft.resolver.citations)
    claims = tuple(Claim(" ".join(c.quote.split()), (c.marker,), "supported") for c in citations)
    return Verified(draft.text, claims, tuple(sorted(citations, key=_place)), rated=claims)


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
    return replace(first, text=text, claims=(*first.claims, *second.claims), citations=citations)


def told(claims: Iterable[Claim], before: Iterable[Claim] = ()) -> Iterator[Checked]:
    """The claims as events, without those that were told ``before`` just so."""
    known = Counter(before)
    for claim in claims:
        if known[claim]:
            known[claim] -= 1
        else:
            yield Checked(claim)


def sources_of(hits: Iterable[Hit]) -> tuple[Source, ...]:
    """The hits as sources that are not cited yet."""
    return tuple(Source.from_hit(hit) for hit in hits)


def mark_cited(sources: tuple[Source, ...], citations: tuple[Citation, ...]) -> tuple[Source, ...]:
    """The sources, those cited marked."""
    cited = {citation.paper.id for citation in citations}
    return tuple(replace(source, cited=source.paper.id in cited) for source in sources)


def notices_of(draft: Draft, verified: Verified) -> tuple[str, ...]:
    """What a reader should know about how the text came about."""
    notices, completion = [], draft.completion
    if isinstance(draft.resolver, QuoteResolver) and draft.resolver.citations:
        notices.append(QUOTING_NUMBERS if draft.resolver.rewritten else QUOTING)
        notices += [completion.detail] if completion.detail else []
    if completion.finish == "truncated":
        notices.append(f"The answer is cut short: {completion.detail or 'the reply was cut'}.")
    elif completion.finish == "failed":
        notices.append(f"The answer is cut short: {completion.detail or 'the model failed'}")
    removed = sum(draft.resolver.removed.values())
    if removed:
        references = "1 reference" if removed == 1 else f"{removed} references"
        notices.append(f"{references} of the model's own removed from the text.")
    if verified.withheld:
        notices.append(_told_withheld(verified.withheld))
    if verified.judgement.notice:
        notices.append(verified.judgement.notice)
    return tuple(notices)


def _told_withheld(claims: Sequence[Claim]) -> str:
    """How many sentences were withheld, and why."""
    count = len(claims)
    uncited = sum(not claim.markers for claim in claims)
    begin = "1 sentence was" if count == 1 else f"{count} sentences were"
    they, cite, them = ("it", "cites", "it") if count == 1 else ("they", "cite", "them")
    clearly = "clearly " if any(claim.verdict == "weak" for claim in claims) else ""
    why = f"{they} {cite} nothing, or nothing that {clearly}supports {them}"
    if uncited == count:
        why = f"{they} {cite} nothing"
    elif not uncited:
        why = f"what {they} {cite} doesn't {clearly}support {them}"
    return f"{begin} withheld: {why}."
