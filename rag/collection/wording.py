"""A result as an answer: text with markers, citations, claims and sources. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.types import Chunk, Paper, Passage
from rag.brackets import without_markers
from rag.collection.describing import conditions_in_words, extreme_in_words
from rag.collection.facets import page_label
from rag.collection.meeting import precision
from rag.collection.months import day_in_words
from rag.collection.query import Asked, CollectionQuery
from rag.collection.running import CollectionResult, Member
from rag.types import Citation, Claim, Source

MOST_NAMED = 100  # papers that a count names in its text
_UNHEARD = "Papers that never use the topic's words may be missing."
_MARKER_LIKE = re.compile(r"\[([\d\s,;–-]*)\]")


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """What an Answer is made of. ``empty``: the answer is that there is no such paper."""

    text: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    empty: bool = False


def answer_parts(result: CollectionResult) -> AnswerParts:
    """Every paper on a line of its own, each with a marker; how it was decided stands below.

    Markers count from 1 in the order of the lines. Behind each is the sentence that shows the
    topic, or the abstract's first. Papers are in ``sources``, cited, in the same order. Counts of
    more than ``MOST_NAMED`` papers give the number alone: no marker, citation or claim.
    """
    if not result.members:
        return AnswerParts(_none(result), (), (), (), empty=True)
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


def _guarded(text: str) -> str:
    """The text on one line, without anything that looks like a marker of ours."""
    return " ".join(_MARKER_LIKE.sub(r"(\1)", without_markers(text)).split())


def _headline(result: CollectionResult) -> str:
    query, count = result.query, len(result.members)
    conditions = _guarded(" ".join(conditions_in_words(query)))
    papers = "paper" if count == 1 else "papers"
    if query.kind == "lookup":
        several = (
            f"“{_guarded(query.called)}” may be any of these {count} papers; what is recorded:"
        )
        return several if query.called and count > 1 else "What is recorded:"
    if query.kind == "group":
        return _group_headline(result, conditions)
    if query.kind == "extreme" and query.order:
        head = extreme_in_words(query.order, query.limit or 1, query.offset)
        tie = f" ({count} papers, since some tie)" if result.tied else ""
        head = f"{head[0].upper()}{head[1:]}"
        return f"{' '.join(filter(None, [head, conditions]))}{tie}:"
    if count == result.facets.papers:
        whole = _whole(result, "of the collection")
        return f"All {count} papers {whole}:" if count > 1 else f"The one paper {whole}:"
    whole = _whole(result, "in the collection")
    of_all = f", of {result.facets.papers} {whole}" if query.kind == "count" else ""
    return f"{count} {papers} {conditions}{of_all}:"


def _number(result: CollectionResult) -> str:
    """The headline of a count that is not followed by its papers."""
    if result.query.kind == "count" and len(result.members) == result.facets.papers:
        whole = _whole(result, "in the collection")
        return f"There are {result.facets.papers} papers {whole}."
    headline = _headline(result)
    return headline if result.groups else f"{headline.removesuffix(':')}."


def _whole(result: CollectionResult, collection: str, *, one: bool = False) -> str:
    """Which papers were asked: all, said as ``collection``, or those that outside filters left."""
    meet = "meets" if one or result.facets.papers == 1 else "meet"
    return f"that {meet} the filters" if result.restricted else collection


def _group_headline(result: CollectionResult, conditions: str) -> str:
    query, count = result.query, len(result.members)
    papers = " ".join(filter(None, ["1 paper" if count == 1 else f"{count} papers", conditions]))
    if query.order is None:
        unit = {"n_authors": "number of authors"}.get(query.group or "", query.group or "")
        return f"{papers} by {unit}:"
    labels = " and ".join(_guarded(label) for label, _ in result.groups)
    each = len(result.groups[0][1]) if result.groups else 0
    most = "most" if query.order.descending else "fewest"
    return f"{labels}, with the {most} papers: {each}{' each' if len(result.groups) > 1 else ''}."


def _group_lines(result: CollectionResult, *, marked: bool = True) -> list[str]:
    """One line a group: label, number, markers in order of first use."""
    lines = []
    for label, places in result.groups:
        marks = " " + "".join(f"[{place + 1}]" for place in places) if marked else ""
        count = "1 paper" if len(places) == 1 else f"{len(places)} papers"
        lines.append(f"- {_guarded(label)}: {count}{marks}")
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
    return _guarded(f"{paper.title} ({', '.join(said)})" if said else paper.title)


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
            f"the sentence behind each marker is the evidence. {_UNHEARD}"
        )
    else:
        whole = _whole(result, "in the collection")
        papers = "the one paper" if facets.papers == 1 else f"all {facets.papers} papers"
        said.append(f"Read from the records of {papers} {whole}.")
    if _only_counted(result):
        said.append("All that are counted are among the sources.")
    said += _left_out(result)
    said += [f"{_guarded(note)}." for note in query.notes]
    return [" ".join(said)]


def _left_out(result: CollectionResult) -> list[str]:
    def papers(count: int) -> str:
        return "1 paper carries" if count == 1 else f"{count} papers carry"

    said = []
    if result.undated:
        said.append(f"{papers(result.undated)} no date and can't be considered.")
    if result.uncounted:
        said.append(f"{papers(result.uncounted)} no author count and can't be considered.")
    return said


def _none(result: CollectionResult) -> str:
    """That there is no such paper, and what there is instead."""
    query, facets = result.query, result.facets
    conditions = _guarded(" ".join(conditions_in_words(query)))
    if not facets.papers:
        return "No paper meets the filters." if result.restricted else "The collection is empty."
    if query.kind == "lookup":
        name = _guarded(query.called or " or ".join(query.titles))
        return f"{_no_paper(result)} is titled “{name}”."
    said = [_none_is(result, conditions)]
    if query.topic:
        said.append(_UNHEARD)
    return " ".join([*said, *_instead(result), *_left_out(result),
                     *(f"{_guarded(note)}." for note in query.notes)])  # fmt: skip


def _no_paper(result: CollectionResult) -> str:
    return f"No paper {_whole(result, 'in the collection', one=True)}"


def _none_is(result: CollectionResult, conditions: str) -> str:
    count = result.facets.papers
    whole = _whole(result, "in the collection")
    if not conditions:
        return f"{_no_paper(result)} has what the question asks for."
    if count == 1:
        return f"The one paper {whole} isn't one {conditions}."
    if result.restricted:
        return f"{_no_paper(result)} is one {conditions}: {count} meet them."
    return f"None of the {count} papers {whole} is one {conditions}."


def _instead(result: CollectionResult) -> list[str]:
    """What the papers have in place of what was asked for."""
    query, facets = result.query, result.facets
    filters, conditions = query.filters, query.conditions
    said = []
    if (filters.since or filters.until or conditions.periods) and facets.first_date:
        last = facets.last_date or facets.first_date
        said.append(
            f"The dates known run from {day_in_words(facets.first_date)} to {day_in_words(last)}."
        )
    if (filters.min_authors is not None or filters.max_authors is not None) and facets.counted:
        least, most = facets.author_counts
        said.append(f"The papers that carry an author count have {least} to {most} authors.")
    if filters.pages or conditions.all_pages or conditions.only_pages:
        said.append(f"The pages are {', '.join(map(page_label, facets.pages))}.")
    if conditions.by:
        names = f" ({', '.join(facets.organisations[:10])})" if facets.organisations else ""
        said.append(
            f"{facets.affiliated} of the papers name an organisation{names},"
            f" {facets.named} name their authors."
        )
    if result.restricted:
        said = [f"Among those that meet the filters, {text[0].lower()}{text[1:]}" for text in said]
    return [_guarded(text) for text in said]
