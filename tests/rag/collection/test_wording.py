"""Answers about the collection keep the contract: markers, citations, quotes, sources."""

import datetime as dt
import re

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Filters, Paper
from rag.collection import CollectionQuery, Conditions, Order, answer_parts, run

QUERIES = [
    CollectionQuery("list"),
    CollectionQuery("count", Filters(since="2023")),
    CollectionQuery("list", Filters(min_authors=20), asked=("n_authors",)),
    CollectionQuery("extreme", order=Order("date"), limit=1),
    CollectionQuery("group", group="page"),
    CollectionQuery("group", group="year", order=Order("papers"), limit=1),
    CollectionQuery("count", topic="model merging [2]"),
    CollectionQuery("lookup", titles=("Reading Lips [1]",), asked=("authors", "pages")),
    CollectionQuery("list", conditions=Conditions(dated=False), asked=("date", "n_authors")),
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_marker_has_an_entry_and_every_quote_is_verbatim(small, query):
    result = run(query, small)
    parts = answer_parts(result)
    markers = [int(number) for number in re.findall(r"\[(\d+)\]", parts.text)]
    first_uses = list(dict.fromkeys(markers))
    assert first_uses == list(range(1, len(result.members or result.near) + 1))
    assert {citation.marker for citation in parts.citations} == set(markers)
    for citation in parts.citations:
        assert citation.quote
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote
        assert 0 <= citation.support <= 1
    assert [s.paper for s in parts.sources] == [m.paper for m in result.members or result.near]
    assert all(source.cited for source in parts.sources)
    assert {marker for claim in parts.claims for marker in claim.markers} == set(markers)


def text(index, query) -> str:
    return answer_parts(run(query, index)).text


def test_the_answer_comes_first_and_what_is_unknown_last(small):
    lines = text(small, CollectionQuery("list", Filters(min_authors=20))).splitlines()
    assert lines[0] == "2 papers with at least 20 authors:"
    assert "- Is Pruning Enough? (20 authors) [1]" in lines
    assert lines[-1].endswith("1 paper carries no author count and can't be considered.")


def test_a_title_that_looks_like_a_marker_makes_none(small):
    query = CollectionQuery("lookup", titles=("Reading Lips [1]",), asked=("authors",))
    assert "- Reading Lips (1) (Ada Lovelace) [1]" in text(small, query)


def test_what_was_asked_and_is_not_known_is_said(small):
    query = CollectionQuery("lookup", titles=("Undated Thoughts",), asked=("date", "n_authors"))
    assert "(no date recorded, number of authors not recorded)" in text(small, query)


def test_a_date_is_said_as_far_as_it_is_known(small):
    said = text(small, CollectionQuery("list", Filters("2021", "2021")))
    assert "Merging Models by Averaging (31 March 2021)" in said
    assert "Only the Year Is Known (2021)" in said


def test_ties_are_said(small):
    said = text(small, CollectionQuery("extreme", order=Order("n_authors"), limit=1))
    assert said.startswith("The paper with the most authors (2 papers, since some tie):")


def test_nothing_found_is_a_sentence_with_what_there_is_instead(small):
    result = run(CollectionQuery("list", Filters(since="2030")), small)
    parts = answer_parts(result)
    assert parts.empty
    assert parts.citations == parts.claims == parts.sources == ()
    assert parts.text.startswith("None of the 5 papers in the collection is one dated since")
    assert "run from 1 January 2021 to 14 November 2023" in parts.text


def test_an_unknown_author_is_answered_with_how_many_names_there_are(small):
    said = text(small, CollectionQuery("list", conditions=Conditions(by="Turing")))
    assert "can't be told" in said
    assert "An organisation is recorded for only 1 of the 5 papers (NVIDIA)" in said


@pytest.mark.parametrize("query", QUERIES)
def test_what_filters_leave_is_not_called_the_collection(small, query):
    for within in (Filters(pages="001"), Filters(since="2030"), Filters(max_authors=2)):
        result = run(query, small, within=within)
        assert result.restricted
        assert "in the collection" not in answer_parts(result).text
        assert "of the collection" not in answer_parts(result).text
        assert "The collection" not in answer_parts(result).text


def test_the_part_that_filters_leave_is_named(small):
    def said(query, **filters):
        return answer_parts(run(query, small, within=Filters(**filters))).text

    assert said(CollectionQuery("list"), pages="001").startswith(
        "All 3 papers that meet the filters:"
    )
    many = CollectionQuery("count", Filters(min_authors=20))
    assert "20 authors, of 3 that meet the filters" in said(many, pages="001")
    assert said(many, since="2030") == "No paper meets the filters."
    assert said(many, max_authors=2).startswith("The one paper that meets the filters isn't")
    none = said(CollectionQuery("list", Filters(min_authors=90)), pages="001")
    assert none.startswith(
        "No paper that meets the filters is one with at least 90 authors: 3 meet"
    )
    assert "Among those that meet the filters, the papers that carry an author count" in none
    unknown = CollectionQuery("lookup", called="Quux", asked=("date",))
    assert said(unknown, pages="001") == "No paper that meets the filters is titled “Quux”."


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    papers = [
        Paper(f"p{n}", f"Title {n}", f"Abstract {n} is here. It ends.", dt.date(2020 + n % 2, 1, 1))
        for n in range(130)
    ]
    with PaperIndex.open(tmp_path_factory.mktemp("many"), embedder=HashEmbedder()) as index:
        index.add(papers)
        yield index


@pytest.mark.parametrize(
    ("query", "beginning"),
    [
        (CollectionQuery("count"), "There are 130 papers in the collection."),
        (CollectionQuery("group", group="year"), "130 papers by year:\n\n- 2020: 65 papers\n"),
    ],
)
def test_a_count_of_very_many_gives_the_number_alone(many, query, beginning):
    parts = answer_parts(run(query, many))
    assert len(parts.text) < 300
    assert "[" not in parts.text
    assert parts.citations == parts.claims == ()
    assert len(parts.sources) == 130
    assert all(source.cited for source in parts.sources)
    assert not parts.empty


def test_very_many_are_named_where_their_names_are_asked_for(many):
    for query in (CollectionQuery("list"), CollectionQuery("count", named=True)):
        assert len(answer_parts(run(query, many)).citations) == 130


def test_of_a_topic_it_is_said_what_may_be_missing(small):
    missing = "Papers that never use the topic's words may be missing."
    assert missing in text(small, CollectionQuery("count", topic="model merging"))
    assert missing in text(small, CollectionQuery("list", topic="volcanoes"))
    assert missing not in text(small, CollectionQuery("list"))


def test_one_paper_that_was_judged_is_spoken_of_as_one(small):
    query = CollectionQuery("list", conditions=Conditions(by="NVIDIA"), topic="model merging")
    said = text(small, query)
    assert "The one paper that comes near the topic was judged by itself" in said
    assert "1 papers" not in said


def test_a_name_without_a_paper_is_said_and_one_of_several_is_not_picked(small):
    none = CollectionQuery("lookup", called="Quux", asked=("date",))
    assert text(small, none) == "No paper in the collection is titled “Quux”."
    titles = tuple(paper.title for paper in small.query() if "[" not in paper.title)[:2]
    several = CollectionQuery("lookup", titles=titles, called="A", asked=("date",))
    said = text(small, several)
    assert said.startswith("“A” may be any of these 2 papers")
    assert all(title in said for title in titles)
