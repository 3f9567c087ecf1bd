"""A result as an answer: text with markers, citations, claims and sources. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Chunk, Paper, Passage
from rag.collection.describing import conditions_in_words, extreme_in_words
from rag.collection.facets import page_label
from rag.collection.meeting import precision
from rag.collection.months import day_in_words
from rag.collection.nothing import is_untold, none_text
from rag.collection.phrases import UNHEARD, guarded, left_out, whole_of
from rag.collection.query import Asked, CollectionQuery
from rag.collection.running import CollectionResult, Member
from rag.types import Citation, Claim, Source

MOST_NAMED = 100  # papers that a count names in its text


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """What an Answer is made of.

    ``empty``: the answer is that there is no such paper; ``unclear``: or that it can't be told.
    """

    text: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    empty: bool = False
    unclear: bool = False


def answer_parts(result: CollectionResult) -> AnswerParts:
    """Every paper on a line of its own, each with a marker; how it was decided stands below.

    Markers count from 1 in the order of the lines. Behind each is the sentence that shows the
    topic, or the abstract's first. Papers are in ``sources``, cited, in the same order. Counts of
    more than ``MOST_NAMED`` papers give the number alone: no marker, citation or claim.
    """
    if not result.members:
        return _none(result)
    members = result.members
    sources = tuple(_source(member, place) for place, member in enumerate(members, 1))
    if _only_counted(result):
        groups = _group_lines(result, marked=False) if result.groups else []
        text = [_number(result), *groups, *_below(result)]
        return AnswerParts("\n\n".join(text), (), (), sources)
    lines = [_line(result, place) for place in range(len(members))]
    if result.groups:
        text = [_headline(result), *_group_lines(result), *_below(result)]
    else:
        marked = [f"- {line} [{place}]" for place, line in enumerate(lines, 1)]
        text = [_headline(result), "\n".join(marked), *_below(result)]
    claims = tuple(Claim(line, (place,), "supported") for place, line in enumerate(lines, 1))
    return AnswerParts(
        "\n\n".join(text),
        tuple(_citation(member, place) for place, member in enumerate(members, 1)),
        claims,
        sources,
    )


def _none(result: CollectionResult) -> AnswerParts:
    """That no paper is so; where some come near its topic, these, which may be no answer."""
    text, near = none_text(result), result.near
    titles = [guarded(member.paper.title) for member in near]
    lines = [f"- {title} [{place}]" for place, title in enumerate(titles, 1)]
    if near:
        text = "\n\n".join([text, "Nearest to it come:", "\n".join(lines)])
    return AnswerParts(
        text,
        tuple(_citation(member, place) for place, member in enumerate(near, 1)),
        tuple(Claim(title, (place,), "supported") for place, title in enumerate(titles, 1)),
        tuple(_source(member, place) for place, member in enumerate(near, 1)),
        empty=True,
        unclear=bool(near) or is_untold(result),
    )


def _only_counted(result: CollectionResult) -> bool:
    query = result.query
    return query.kind in ("count", "group") and not query.named and len(result.members) > MOST_NAMED


def _citation(member: Member, marker: int) -> Citation:
    quote = member.paper.abstract[member.start : member.end]
    return Citation(marker, member.paper, quote, member.start, member.end, round(member.score, 4))


def _source(member: Member, rank: int) -> Source:
    paper, start, end = member.paper, member.start, member.end
    chunk = Chunk(f"{paper.id}#{start}", paper.id, paper.abstract[start:end], start, end)
    return Source(paper, (Passage(paper, chunk, member.score, rank),), cited=True)


def _headline(result: CollectionResult) -> str:
    query, count = result.query, len(result.members)
    conditions = guarded(" ".join(conditions_in_words(query)))
    papers = "paper" if count == 1 else "papers"
    if query.kind == "lookup":
        several = f"“{guarded(query.called)}” may be any of these {count} papers; what is recorded:"
        return several if query.called and count > 1 else "What is recorded:"
    if query.kind == "group":
        return _group_headline(result, conditions)
    if query.kind == "extreme" and query.order:
        head = extreme_in_words(query.order, query.limit or 1, query.offset)
        tie = f" ({count} papers, since some tie)" if result.tied else ""
        head = f"{head[0].upper()}{head[1:]}"
        return f"{' '.join(filter(None, [head, conditions]))}{tie}:"
    if count == result.facets.papers:
        whole = whole_of(result, "of the collection")
        return f"All {count} papers {whole}:" if count > 1 else f"The one paper {whole}:"
    whole = whole_of(result, "in the collection")
    of_all = f", of {result.facets.papers} {whole}" if query.kind == "count" else ""
    return f"{count} {papers} {conditions}{of_all}:"


def _number(result: CollectionResult) -> str:
    """The headline of a count that is not followed by its papers."""
    if result.query.kind == "count" and len(result.members) == result.facets.papers:
        whole = whole_of(result, "in the collection")
        return f"There are {result.facets.papers} papers {whole}."
    headline = _headline(result)
    return headline if result.groups else f"{headline.removesuffix(':')}."


def _group_headline(result: CollectionResult, conditions: str) -> str:
    query, count = result.query, len(result.members)
    papers = " ".join(filter(None, ["1 paper" if count == 1 else f"{count} papers", conditions]))
    if query.order is None:
        unit = {"n_authors": "number of authors"}.get(query.group or "", query.group or "")
        return f"{papers} by {unit}:"
    labels = " and ".join(guarded(label) for label, _ in result.groups)
    each = len(result.groups[0][1]) if result.groups else 0
    most = "most" if query.order.descending else "fewest"
    return f"{labels}, with the {most} papers: {each}{' each' if len(result.groups) > 1 else ''}."


def _group_lines(result: CollectionResult, *, marked: bool = True) -> list[str]:
    """One line a group: label, number, markers in order of first use."""
    lines = []
    for label, places in result.groups:
        marks = " " + "".join(f"[{place + 1}]" for place in places) if marked else ""
        count = "1 paper" if len(places) == 1 else f"{len(places)} papers"
        lines.append(f"- {guarded(label)}: {count}{marks}")
    return ["\n".join(lines)]


def _shown(query: CollectionQuery) -> tuple[Asked, ...]:
    """The fields that each line shows: those asked for, and those that the query goes by."""
    filters, conditions = query.filters, query.conditions
    by = query.order.by if query.order else ""
    shown: list[Asked] = list(query.asked)
    if query.kind == "lookup":
        return tuple(shown)
    if filters.since or filters.until or conditions.periods or by == "date":
        shown.append("date")
    if filters.min_authors is not None or filters.max_authors is not None or by == "n_authors":
        shown.append("n_authors")
    paged = (conditions.min_pages, conditions.max_pages, *conditions.all_pages, *filters.pages)
    if any(value is not None for value in paged) or by == "n_pages":
        shown.append("pages")
    if conditions.by:
        shown.append("organisation")
    return tuple(dict.fromkeys(shown))


def _line(result: CollectionResult, place: int) -> str:
    paper = result.members[place].paper
    shown = _shown(result.query)
    said = [text for name in shown if (text := _field(paper, name, name in result.query.asked))]
    return guarded(f"{paper.title} ({', '.join(said)})" if said else paper.title)


def _field(paper: Paper, name: Asked, asked: bool) -> str:
    """What is known of it; where it was asked for, that it isn't known; else nothing."""
    known, unknown = {
        "date": (date_of(paper), "no date recorded"),
        "n_authors": (_people(paper.n_authors), "number of authors not recorded"),
        "authors": (", ".join(paper.authors), "authors’ names not recorded"),
        "organisation": (paper.organisation or "", "no organisation recorded"),
        "pages": (_pages(paper), "no page recorded"),
        "url": (paper.url or "", "no link recorded"),
    }[name]
    return known or (unknown if asked else "")


def _people(count: int | None) -> str:
    return "" if count is None else "1 author" if count == 1 else f"{count} authors"


def _pages(paper: Paper) -> str:
    labels = [page_label(page) for page in paper.pages]
    if len(labels) < 2:
        return f"page {labels[0]}" if labels else ""
    return f"{len(labels)} pages: {', '.join(labels)}"


def date_of(paper: Paper) -> str:
    """The date as far as it is known: "2021", "March 2021", "31 March 2021"."""
    if paper.date is None:
        return ""
    known = day_in_words(paper.date)
    parts = {"year": 2, "month": 1}.get(precision(paper), 0)
    return " ".join(known.split()[parts:])


def _below(result: CollectionResult) -> list[str]:
    """How the answer came about, and what it leaves out."""
    query, facets = result.query, result.facets
    said = []
    if query.kind == "lookup":
        said.append("Read from the collection's records; the quotes are the abstracts' beginnings.")
    elif query.topic:
        one = result.judged == 1
        each = "The one paper that comes" if one else f"Each of {result.judged} papers that come"
        said.append(
            f"{each} near the topic was judged by itself, by what its title and abstract say; "
            f"the sentence behind each marker is the evidence. {UNHEARD}"
        )
    else:
        whole = whole_of(result, "in the collection")
        papers = "the one paper" if facets.papers == 1 else f"all {facets.papers} papers"
        said.append(f"Read from the records of {papers} {whole}.")
    if _only_counted(result):
        said.append("All that are counted are among the sources.")
    said += left_out(result)
    said += [f"{guarded(note)}." for note in query.notes]
    return [" ".join(said)]
