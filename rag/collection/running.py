"""A query over the collection, answered exactly from the whole store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from index.embedding import Embedder, Vectors
from index.sentences import sentence_spans
from index.types import Filters, Paper
from rag.collection import topics
from rag.collection.alternatives import Ways, ways_of
from rag.collection.facets import CollectionFacets, facets_of, page_label
from rag.collection.meeting import meets, precision
from rag.collection.near import comes_near
from rag.collection.query import CollectionQuery, Field

if TYPE_CHECKING:  # the catalogue loads a database library
    from index.catalogue import StoredChunks

THRESHOLD = 0.5
_NEAREST = 600  # chunks whose papers are judged, and papers that share a word with the topic
_MOST_NEAR = 3  # papers that are named where none is about the topic
_BEGINNING = 400  # characters of an abstract that hold its first sentence, as a rule
_SEGMENTED = 100  # papers whose first sentences are worth a millisecond each
Groups = tuple[tuple[str, tuple[int, ...]], ...]


class Collection(Protocol):
    """The part of PaperIndex that questions about the collection need."""

    def query(self, filters: Filters | None = None) -> list[Paper]:
        """The papers that meet the conditions, newest first."""
        ...

    def nearest(
        self, vector: Vectors, n: int, paper_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """(chunk id, cosine), best first."""
        ...

    def matching(self, text: str, n: int) -> list[tuple[str, float]]:
        """(paper id, BM25 score), best first."""
        ...

    def stored(self, paper_ids: Sequence[str]) -> list[StoredChunks]:
        """Papers with their chunks and vectors."""
        ...

    @property
    def embedder(self) -> Embedder:
        """What the papers were embedded with."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """A paper of the result, and the sentence of its abstract that is shown for it.

    ``paper.abstract[start:end]`` shows that it is about the topic (``score`` in [0, 1] says how
    sure that is), or is its first sentence where membership is a matter of metadata.
    """

    paper: Paper
    start: int
    end: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class CollectionResult:
    """What a query found.

    ``members`` are in the order of the answer, each once; ``groups`` are (label, places among
    ``members``), in order. ``tied``: some of the members share the last place. ``undated`` and
    ``uncounted``: papers of the whole collection whose date or number of authors, where the query
    goes by it, is not known. ``facets`` outline the whole collection.
    ``judged`` is the number of papers that were judged one by one for the topic.
    ``restricted``: "whole" is the part only that met filters from outside. ``near``: where no
    paper is about the topic, those that come nearest and share a word with it, the nearest first.
    """

    query: CollectionQuery
    members: tuple[Member, ...]
    facets: CollectionFacets
    groups: Groups = ()
    tied: bool = False
    undated: int = 0
    uncounted: int = 0
    judged: int = 0
    restricted: bool = False
    near: tuple[Member, ...] = ()

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers, in the order of the answer."""
        return tuple(member.paper for member in self.members)


def run(
    query: CollectionQuery, index: Collection, *, within: Filters | None = None
) -> CollectionResult:
    """Runs the query over the whole store, or over the part of it that meets ``within``.

    Raises what the index raises.
    """
    everything = index.query(within)
    facets, restricted = facets_of(everything), bool(within)
    if query.kind == "help":
        return CollectionResult(query, (), facets, restricted=restricted)
    if query.kind == "lookup":
        named = [paper for paper in everything if paper.title in query.titles]
        members = tuple(Member(paper, *_first_sentence(paper.abstract)) for paper in named)
        return CollectionResult(query, members, facets, restricted=restricted)
    allowed = {paper.id for paper in everything}
    kept = [paper for paper in index.query(query.filters) if paper.id in allowed]
    kept = [paper for paper in kept if meets(paper, query.conditions, query.filters)]
    shown: dict[str, Member] = {}
    near: tuple[Member, ...] = ()
    judged = 0
    if query.topic is not None:
        shown, near, judged = _about(query.topic, kept, index)
        by_id = {paper.id: paper for paper in kept}
        kept = [by_id[paper_id] for paper_id in shown]
    kept, tied = _ordered(query, kept)
    kept, groups = _grouped(query, kept)
    sentence = _first_sentence if len(kept) <= _SEGMENTED else _roughly_first_sentence
    members = tuple(
        shown.get(paper.id) or Member(paper, *sentence(paper.abstract)) for paper in kept
    )
    among = query.conditions.among
    asked_of = [p for p in everything if p.id in among] if among else everything
    undated, uncounted = _unknown(query, asked_of)
    return CollectionResult(
        query, members, facets, groups, tied, undated, uncounted, judged, restricted, near
    )


def _first_sentence(abstract: str) -> tuple[int, int]:
    """(start, end); only the beginning is segmented, unless its first sentence fills it."""
    for length in (_BEGINNING, len(abstract)):
        spans = sentence_spans(abstract[:length])
        if len(spans) > 1:
            return spans[0]
    return spans[0] if spans else (0, len(abstract))


def _roughly_first_sentence(abstract: str) -> tuple[int, int]:
    """(start, end) by the first full stop before a space, or the last space of the beginning."""
    start = len(abstract) - len(abstract.lstrip())
    stop = abstract.find(". ", start, start + _BEGINNING)
    if stop >= 0:
        return start, stop + 1
    if len(abstract) - start <= _BEGINNING:
        return start, len(abstract)
    space = abstract.rfind(" ", start, start + _BEGINNING)
    return start, space if space > start else start + _BEGINNING


def _about(
    text: str, papers: Sequence[Paper], index: Collection
) -> tuple[dict[str, Member], tuple[Member, ...], int]:
    """Those that are about the topic, surest first, by id; where none is, those that come near.

    And how many were judged.
    """
    allowed = {paper.id for paper in papers}
    if not allowed:
        return {}, (), 0
    ways = ways_of(text) or ((text,),)
    judged = _judged(sorted({phrase for way in ways for phrase in way}), allowed, index)
    found = [_surest(each, ways) for each in judged]
    found.sort(key=lambda pair: (-pair[1], pair[0].paper.id))
    about = [_shown(evidence, sure) for evidence, sure in found if sure >= THRESHOLD]
    near = [_shown(evidence, sure) for evidence, sure in found if comes_near(text, evidence)]
    return (
        {member.paper.id: member for member in about},
        () if about else tuple(near[:_MOST_NEAR]),
        len(judged),
    )


def _shown(evidence: topics.Evidence, certainty: float) -> Member:
    return Member(evidence.paper, evidence.start, evidence.end, certainty)


def _judged(
    phrases: Sequence[str], allowed: set[str], index: Collection
) -> list[dict[str, topics.Evidence]]:
    """For each paper that comes near any of the phrases, the evidence for each of them."""
    vectors = index.embedder.embed(phrases)
    wanted: set[str] = set()
    for phrase, vector in zip(phrases, vectors, strict=True):
        near = index.nearest(vector, _NEAREST, sorted(allowed))
        wanted |= {chunk.rpartition("#")[0] for chunk, _ in near}
        wanted |= {paper_id for paper_id, _ in index.matching(phrase, _NEAREST)}
    stored = index.stored(sorted(wanted & allowed))
    found = [
        topics.gather(topics.topic_of(phrase), vector, stored)
        for phrase, vector in zip(phrases, vectors, strict=True)
    ]
    return [dict(zip(phrases, row, strict=True)) for row in zip(*found, strict=True)]


def _surest(found: Mapping[str, topics.Evidence], ways: Ways) -> tuple[topics.Evidence, float]:
    """The best way, each being as sure as the phrase that is least so; that phrase's evidence."""
    certainty = {phrase: topics.score(evidence) for phrase, evidence in found.items()}
    weakest = [min(way, key=certainty.__getitem__) for way in ways]
    best = max(weakest, key=certainty.__getitem__)
    return found[best], certainty[best]


def _unknown(query: CollectionQuery, everything: Sequence[Paper]) -> tuple[int, int]:
    """How many papers lack the date, the number of authors, that the query goes by."""
    order = query.order.by if query.order else ""
    by_date = bool(query.filters.since or query.filters.until or query.conditions.periods) or (
        order == "date" or query.group in ("year", "month")
    )
    bounded = query.filters.min_authors is not None or query.filters.max_authors is not None
    by_count = bounded or order == "n_authors" or query.group == "n_authors"
    undated = sum(paper.date is None for paper in everything) if by_date else 0
    uncounted = sum(paper.n_authors is None for paper in everything) if by_count else 0
    return undated, uncounted


def _value(paper: Paper, by: Field) -> float | str | None:
    values: dict[Field, Callable[[Paper], float | str | None]] = {
        "date": lambda p: p.date.toordinal() if p.date else None,
        "n_authors": lambda p: p.n_authors,
        "n_pages": lambda p: len(p.pages) or None,
        "title_length": lambda p: len(p.title),
        "abstract_length": lambda p: len(p.abstract),
        "title": lambda p: p.title.casefold(),
    }
    return values[by](paper)


def _ordered(query: CollectionQuery, papers: list[Paper]) -> tuple[list[Paper], bool]:
    """The papers in the query's order; for an extreme only the first, with those that tie."""
    if query.order is None or query.order.by == "papers":
        return papers, False
    by = query.order.by
    known = [paper for paper in papers if _value(paper, by) is not None]
    known.sort(key=lambda paper: paper.title.casefold())
    known.sort(key=lambda paper: _value(paper, by) or 0, reverse=query.order.descending)
    if query.kind == "extreme":
        return _first(known, by, query.limit or 1, query.offset)
    return known + [paper for paper in papers if _value(paper, by) is None], False


def _first(known: list[Paper], by: Field, limit: int, offset: int) -> tuple[list[Paper], bool]:
    """The first ``limit`` after ``offset``; those that share the first's or last's value too."""
    chosen = known[offset : offset + limit]
    if not chosen:
        return [], False
    first, last = _value(chosen[0], by), _value(chosen[-1], by)
    before = [paper for paper in known[:offset] if _value(paper, by) == first]
    after = [paper for paper in known[offset + limit :] if _value(paper, by) == last]
    return before + chosen + after, bool(before or after)


def _labels(query: CollectionQuery, paper: Paper) -> list[str]:
    if query.group == "year":
        return [str(paper.date.year)] if paper.date else []
    if query.group == "month":
        return [f"{paper.date:%Y-%m}"] if paper.date and precision(paper) != "year" else []
    if query.group == "page":
        return [f"page {page_label(page)}" for page in paper.pages]
    if query.group == "n_authors":
        return [] if paper.n_authors is None else [f"{paper.n_authors:4d} authors"]
    return [paper.organisation] if paper.organisation else []


def _grouped(query: CollectionQuery, papers: list[Paper]) -> tuple[list[Paper], Groups]:
    """The papers that are in a group, in the groups' order, and the groups with their places."""
    if query.kind != "group":
        return papers, ()
    labelled: dict[str, list[Paper]] = {}
    for paper in papers:
        for label in _labels(query, paper):
            labelled.setdefault(label, []).append(paper)
    groups = sorted(labelled.items())
    if query.order is not None and groups:
        extreme = max if query.order.descending else min
        size = extreme(len(found) for _, found in groups)
        groups = [(label, found) for label, found in groups if len(found) == size]
    named = {paper.id: paper for _, found in groups for paper in found}
    place = {paper_id: at for at, paper_id in enumerate(named)}
    placed = tuple(
        (label.lstrip(), tuple(place[paper.id] for paper in found)) for label, found in groups
    )
    return list(named.values()), placed
