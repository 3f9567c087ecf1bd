"""Queries over a store: exact, with ties, and honest about what is not known."""

import datetime as dt
import subprocess
import sys

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Filters, Paper
from rag.collection import (
    CollectionQuery,
    Conditions,
    Order,
    answer_parts,
    facets_of,
    parse,
    run,
    running,
)

TODAY = dt.date(2024, 2, 1)


def ids(index, query: CollectionQuery) -> list[str]:
    return [paper.id for paper in run(query, index).papers]


def ask(index, question: str):
    query = parse(question, today=TODAY, facets=facets_of(index.query()))
    assert query is not None
    return run(query, index)


def test_filters_and_conditions_hold_together(small):
    query = CollectionQuery("list", Filters(since="2021"), Conditions(min_pages=2))
    assert ids(small, query) == ["a"]


def test_any_of_several_periods(small):
    periods = ((dt.date(2021, 3, 1), dt.date(2021, 3, 31)), (dt.date(2023, 1, 1), None))
    query = CollectionQuery("list", conditions=Conditions(periods=periods))
    assert sorted(ids(small, query)) == ["a", "b", "c"]


def test_a_date_of_which_only_the_year_is_known_lies_in_no_month(small):
    assert ids(small, CollectionQuery("list", Filters("2021-01", "2021-01"))) == []
    assert ids(small, CollectionQuery("list", Filters("2021", "2021"))) == ["a", "e"]
    months = run(CollectionQuery("group", group="month"), small).groups
    assert [label for label, _ in months] == ["2021-03", "2023-11"]


def test_pages(small):
    def on(**conditions):
        return sorted(ids(small, CollectionQuery("list", conditions=Conditions(**conditions))))

    assert on(all_pages=("000", "001")) == ["a"]
    assert on(only_pages=("001",)) == ["c", "d"]
    assert on(all_pages=("000",), only_pages=("000",)) == ["b"]
    assert on(not_pages=("000",)) == ["c", "d", "e"]
    assert on(max_pages=1) == ["b", "c", "d"]  # no page at all is no number of pages


def test_known_and_unknown(small):
    def with_(**conditions):
        return sorted(ids(small, CollectionQuery("list", conditions=Conditions(**conditions))))

    assert with_(dated=False) == ["d"]
    assert with_(counted=True) == ["a", "b", "c", "e"]
    assert with_(by="nvidia") == ["a"]
    assert with_(by="Lovelace") == ["c"]
    assert with_(title_ends="?") == ["b"]
    assert with_(title_has=("model",)) == ["a"]  # "Models"
    assert with_(mentions=("weights",)) == ["a", "b"]
    assert with_(mentions=("MODEL",)) == []  # written like an abbreviation


def test_a_superlative_names_all_that_tie(small):
    newest = run(CollectionQuery("extreme", order=Order("date"), limit=1), small)
    assert sorted(paper.id for paper in newest.papers) == ["b", "c"]
    assert newest.tied
    assert newest.undated == 1


def test_a_superlative_without_ties_names_as_many_as_asked(small):
    oldest = run(CollectionQuery("extreme", order=Order("date", False), limit=2), small)
    assert [paper.id for paper in oldest.papers] == ["e", "a"]
    assert not oldest.tied


def test_a_rank_that_several_share_names_all_of_them(small):
    second = CollectionQuery("extreme", order=Order("n_authors"), limit=1, offset=1)
    assert sorted(ids(small, second)) == ["b", "c"]


def test_groups_count_each_paper_once_a_label(small):
    result = run(CollectionQuery("group", group="page"), small)
    assert [(label, len(places)) for label, places in result.groups] == [
        ("page 000", 2),
        ("page 001", 3),
    ]
    assert len(result.members) == 4


def test_the_largest_group(small):
    query = CollectionQuery("group", group="year", order=Order("papers"), limit=1)
    groups = run(query, small).groups
    assert sorted(label for label, _ in groups) == ["2021", "2023"]


def test_what_is_not_known_is_counted(small):
    result = run(CollectionQuery("list", Filters(min_authors=20)), small)
    assert (result.uncounted, result.undated) == (1, 0)


def test_a_topic_is_decided_by_what_stands_in_the_paper(small):
    result = ask(small, "How many papers are about model merging?")
    assert result.papers[0].id == "a"
    member = result.members[0]
    assert "merging" in member.paper.abstract[member.start : member.end]


def test_a_part_of_the_store_may_be_asked_alone(small):
    result = run(CollectionQuery("count"), small, within=Filters(pages="001"))
    assert sorted(paper.id for paper in result.papers) == ["a", "c", "d"]
    assert result.facets.papers == 3


def test_the_sentence_shown_is_the_first_where_nothing_else_is_asked(small):
    (member,) = run(CollectionQuery("list", Filters(max_authors=2)), small).members
    assert member.paper.abstract[member.start : member.end] == "We study model merging."


def test_an_empty_store_has_nothing(tmp_path):
    with PaperIndex.open(tmp_path / "empty", embedder=HashEmbedder()) as index:
        for kind in ("list", "count", "group", "extreme"):
            query = CollectionQuery(kind, order=Order("date"), limit=1, group="year")
            assert run(query, index).members == ()
        assert run(CollectionQuery("count", topic="merging"), index).members == ()


def test_importing_loads_no_database_library():
    code = "import sys, rag.collection; print('sqlalchemy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_the_sentences_of_very_many_are_found_without_segmenting(tmp_path, monkeypatch):
    beginnings = [
        "  A first one. A second.",
        "No end" * 200,
        "word " * 200,
        "Short.",
        "v. 2 is out",
    ]
    papers = [Paper(f"p{n}", f"T{n}", f"{beginnings[n % 5]}") for n in range(105)]
    with PaperIndex.open(tmp_path / "many", embedder=HashEmbedder()) as index:
        index.add(papers)
        monkeypatch.setattr(running, "sentence_spans", lambda text: pytest.fail("segmented"))
        members = run(CollectionQuery("list"), index).members
    quotes = {m.paper.id: m.paper.abstract[m.start : m.end] for m in members}
    assert len(quotes) == 105
    assert quotes["p0"] == "A first one."
    assert quotes["p3"] == "Short."
    assert all(0 < len(quote) <= 400 for quote in quotes.values())
    assert quotes["p2"].endswith("word")


def test_among_papers_spoken_of_only_these_count(small):
    query = CollectionQuery(
        "list", Filters(since=dt.date(2023, 1, 1)), Conditions(among=("a", "b", "d"))
    )
    result = run(query, small)
    assert [paper.title for paper in result.papers] == ["Is Pruning Enough?"]
    assert result.undated == 1
    assert "1 paper of those spoken of before dated" in answer_parts(result).text


def test_one_of_several_words_in_the_title_is_enough(small):
    query = CollectionQuery("list", conditions=Conditions(title_any=("lip", "pruning")))
    assert sorted(ids(small, query)) == ["b", "c"]
    assert Conditions(title_any=("lip",)).to_dict() == {"title_any": ["lip"]}
