"""A collection question's conditions as filters, changed by a reader, and put in force."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Filters
from rag.collection import CollectionQuery, Conditions, Order, facets_of, parse
from rag.conditions import both, filters_of, with_filters
from tests.rag.collection.conftest import PAPERS

TODAY = dt.date(2025, 2, 1)
SEPTEMBER = Filters(since="2024-09", until="2024-09")
OCTOBER = Filters(since="2024-10", until="2024-10")


def read(question: str) -> CollectionQuery:
    found = parse(question, today=TODAY, facets=facets_of(PAPERS))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("How many papers are there?", Filters()),
        ("List all papers from September 2024", SEPTEMBER),
        ("Which papers have at least 20 authors?", Filters(min_authors=20)),
        ("List the papers on page 0", Filters(pages="000_x.txt")),
        ("Which papers are on page 0 and page 1?", Filters(pages=("000_x.txt", "001_y.txt"))),
        ("Which papers are only on page 1?", Filters(pages="001_y.txt")),
        ("Which papers mention “weights”?", Filters(words="weights")),
        ("List all papers from 2021 or 2023", Filters(since="2021", until="2023")),
    ],
)
def test_what_a_question_implies_is_told_as_filters(question, filters):
    assert filters_of(read(question)) == filters


def test_stretches_of_time_that_have_no_end_leave_that_side_open():
    day = dt.date(2023, 1, 1)
    query = CollectionQuery("list", conditions=Conditions(periods=((None, day), (day, day))))
    assert filters_of(query) == Filters(until=day)


def test_kind_topic_and_order_stay():
    query = read("How many papers from September 2024 are about model merging?")
    changed = with_filters(query, OCTOBER)
    assert (changed.kind, changed.topic, changed.filters) == ("count", "model merging", OCTOBER)
    assert changed.reading == "Count the papers about model merging dated in October 2024."
    newest = with_filters(read("the two newest papers from 2023"), Filters())
    assert (newest.kind, newest.order, newest.limit) == ("extreme", Order("date"), 2)
    assert newest.filters == Filters()


@pytest.mark.parametrize(
    "question",
    [
        "List all papers from September 2024 with at least 3 authors",
        "Which papers are on page 0 but not on page 1?",
        "Which papers on page 0 and page 1 mention “weights”?",
        "List all papers from 2021 or 2023",
        "Which papers from 2023 have “Lips” in the title?",
    ],
)
def test_what_is_not_changed_stays_exactly_as_it_was(question):
    query = read(question)
    assert with_filters(query, filters_of(query)) == query


def test_only_what_is_changed_gives_way():
    query = read("Which papers from 2021 or 2023 are on page 0 but not on page 1?")
    assert query.conditions == Conditions(
        periods=((dt.date(2021, 1, 1), dt.date(2021, 12, 31)),
                 (dt.date(2023, 1, 1), dt.date(2023, 12, 31))),
        not_pages=("001_y.txt",),
    )  # fmt: skip
    pages = with_filters(query, Filters(since="2021", until="2023"))
    assert pages.conditions == Conditions(periods=query.conditions.periods)
    assert pages.filters == Filters()
    dates = with_filters(query, Filters(since="2023", pages="000_x.txt"))
    assert dates.conditions == Conditions(not_pages=("001_y.txt",))
    assert dates.filters == Filters(since="2023", pages="000_x.txt")


def test_conditions_that_have_no_filter_stay():
    query = read("Which papers from 2023 have “Lips” in the title?")
    changed = with_filters(query, Filters())
    assert changed.conditions == Conditions(title_has=("Lips",))
    assert changed.filters == Filters()


def test_how_a_date_was_read_is_not_told_of_another_one():
    query = read("List all papers from November")
    assert query.notes
    assert "is read as" in query.reading
    changed = with_filters(query, OCTOBER)
    assert changed.notes == ()
    assert changed.reading == "List the papers dated in October 2024."
    other = read("Liste alle Artikel von 2023 auf")
    assert with_filters(other, OCTOBER).notes == other.notes != ()


DAYS = st.none() | st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31))
COUNTS = st.none() | st.integers(0, 30)
NAMES = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=2)
FILTERS = st.builds(Filters, DAYS, DAYS, NAMES, COUNTS, COUNTS, NAMES)


@given(FILTERS, FILTERS)
def test_both_is_as_narrow_as_each(one, other):
    found = both(one, other)
    assert both(one, Filters()) == both(Filters(), one) == both(one, one) == one
    for each in (one, other):
        assert each.since is None or each.since <= found.since
        assert each.until is None or each.until >= found.until
        assert each.min_authors is None or each.min_authors <= found.min_authors
        assert each.max_authors is None or each.max_authors >= found.max_authors
        assert set(each.words) <= set(found.words)
        assert set(each.pages) <= set(found.pages)


@given(FILTERS)
def test_whatever_a_reader_sets_is_in_force(filters):
    query = read("How many papers from 2021 or 2023 on page 0 and page 1 mention “weights”?")
    assert filters_of(with_filters(query, filters)) == filters
