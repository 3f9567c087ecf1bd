"""Follow-ups on a set of papers: conditions added or changed, another result over the same set."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.collection import parse_after, refers_back
from rag.types import Turn
from tests.rag.collection.outline import FACETS, TODAY

CITED = ((1, "p"), (2, "q"))


def after(question, *earlier):
    """Earlier questions, or pairs of a question and what its answer cited."""
    said = [(item, ()) if isinstance(item, str) else item for item in earlier]
    turns = [Turn(asked, "An answer.", cited) for asked, cited in said]
    return parse_after(question, turns, today=TODAY, facets=FACETS)


@pytest.mark.parametrize(
    ("earlier", "question", "reading"),
    [
        ("How many papers are about hallucination?", "Which of them is the newest?",
         "Find the newest paper about hallucination."),
        ("How many papers are about hallucination?", "How many of them are from 2024?",
         "Count the papers about hallucination dated in 2024."),
        ("How many papers are about hallucination?", "list them",
         "List the papers about hallucination."),
        ("Which papers are about pruning?", "How many are there?",
         "Count the papers about pruning."),
        ("How many papers are about pruning?", "And about robotics?",
         "Count the papers about robotics."),
        ("Which papers are about pruning?", "Which of those are about vision?",
         "List the papers about pruning and vision."),
        ("List everything from September 2024", "and from August 2024?",
         "List the papers dated in August 2024."),
        ("List everything from September 2024", "only those with more than 10 authors",
         "List the papers with at least 11 authors dated in September 2024."),
        ("Which papers are from 2024?", "Which of those have 5 authors?",
         "List the papers with exactly 5 authors dated in 2024."),
        ("Which papers are from 2024?", "sort them by number of authors",
         "List the papers dated in 2024, most authors first."),
        ("Which papers are from 2024?", "How many of these are on page 2?",
         "Count the papers dated in 2024 on page 002."),
        ("Which papers are from 2024?", "and how many per month?",
         "Count the papers by month dated in 2024."),
        ("Which is the newest paper?", "and the two oldest?", "Find the 2 oldest papers."),
        ("Which papers are on page 2?", "and page 3?", "List the papers on page 003."),
    ],
)  # fmt: skip
def test_a_condition_is_added_or_changed_or_another_result_asked_for(earlier, question, reading):
    query = after(question, earlier)
    assert query is not None
    assert query.reading == reading


def test_a_month_without_a_year_is_one_of_the_year_spoken_of():
    query = after("What about October?", "List everything from September 2024")
    assert query is not None
    assert (query.filters.since, query.filters.until) == (
        dt.date(2024, 10, 1),
        dt.date(2024, 10, 31),
    )


def test_it_goes_back_through_follow_ups():
    earlier = ("How many papers are about pruning?", "How many of them are from 2024?")
    query = after("Which of those have 5 authors?", *earlier)
    assert query is not None
    assert query.topic == "pruning"
    assert query.filters.since == dt.date(2024, 1, 1)
    assert (query.filters.min_authors, query.filters.max_authors) == (5, 5)


def test_them_are_those_that_were_found_not_none():
    turns = [
        Turn("Which papers are about pruning?", "2 papers about pruning: ..."),
        Turn("only those with more than 10 authors", "None of the 300 papers is one."),
    ]
    query = parse_after("How many of them are from 2024?", turns, today=TODAY, facets=FACETS)
    assert query is not None
    assert query.reading == "Count the papers about pruning dated in 2024."
    changed = parse_after("and more than 3 authors?", turns, today=TODAY, facets=FACETS)
    assert changed is not None
    assert changed.filters.min_authors == 4


def test_the_papers_that_an_answer_cited_are_those():
    query = after("Which of those is the newest?", ("Why do models forget?", CITED))
    assert query is not None
    assert query.kind == "extreme"
    assert query.conditions.among == ("p", "q")
    further = after(
        "How many of them are from 2024?",
        ("Why do models forget?", CITED),
        "Which of those have 5 authors?",
    )
    assert further is not None
    assert further.conditions.among == ("p", "q")
    assert further.filters.min_authors == 5


def test_the_newest_few_are_those_that_were_shown():
    query = after("Which of these has the most authors?", ("Show the 2 newest papers.", CITED))
    assert query is not None
    assert query.conditions.among == ("p", "q")
    assert query.topic is None


@pytest.mark.parametrize("asked", ["when were they published?", "How many authors do they have?"])
def test_a_field_of_each_can_be_asked_for(asked):
    query = after(asked, "Which papers are from 2024?")
    assert query is not None
    assert query.asked in (("date",), ("n_authors",))
    assert query.filters.since == dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    "question",
    [
        "Which of those gets by with the least training data?",
        "Why are they better?",
        "Which of them use reinforcement learning?",
        "How many authors does it have?",
        "How many papers are from 2023?",
        "And on ImageNet?",
        "What about federated learning?",
        "Do they work?",
        "",
    ],
)
def test_what_papers_say_and_what_stands_alone_is_no_follow_up(question):
    assert after(question, "Which papers are about pruning?") is None


@pytest.mark.parametrize(
    "question", ["and from 2023?", "How many of them are new?", "list them", "how many are there?"]
)
def test_after_quotes_only_conditions_on_them_are_meant(question):
    assert after(question, ("Why do models forget?", CITED)) is None


def test_one_cited_paper_is_no_set():
    assert after("How many of those are from 2024?", ("How large is it?", CITED[:1])) is None
    assert after("list them") is None


def test_what_points_back_is_told_from_what_does_not():
    assert refers_back("Which of them is the newest?")
    assert refers_back("only those from 2024")
    assert not refers_back("Which papers are from these days?")
    assert not refers_back("How many papers are about theme parks?")


@pytest.mark.parametrize("text", ["those " * 60, "them from " * 19, "¦ ` \\ those (", "and " * 40])
def test_odd_text_is_no_error(text):
    assert after(text, "Which papers are about pruning?") is None
