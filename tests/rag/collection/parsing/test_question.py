"""The question as a whole: odd text, what had to be assumed, speed."""

import datetime as dt
import time
from dataclasses import replace

import pytest

from rag.collection import parse
from rag.collection.parsing import MOST_CHARACTERS
from tests.rag.collection.outline import FACETS, TODAY
from tests.rag.collection.parsing.reading import read

HOSTILE = [
    "",
    "   ",
    "\x00\ud800 papers from 2021",
    "¦ papers ¦ from 2021 ¦",
    "papers from " + "2021 and " * 400,
    "how many " * 40,
    "papers with " + "1 or " * 60 + "authors",
    "papers " + "on page 1 and " * 20,
    "papers from 99999999999999999999",
    "papers with 99999999999999 authors",
    "papers from 31 June 2022",
    "papers by " + "A" * 250,
    "titles with '" + "x" * 200,
    "papers in the last 9999 years",
    "papers since 9999-12-31",
    "(((((((((((((((((((((((",
    "پیپرز 2021",
    "２０２１年の論文",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_odd_text_neither_raises_nor_is_taken_for_more_than_it_says(question):
    read(question)


def test_a_long_question_is_none_about_the_collection():
    filler = "please " * (MOST_CHARACTERS // 7)
    assert read(f"{filler} papers from 2021") is None


def test_parsing_is_fast_whatever_is_asked():
    start = time.perf_counter()
    for question in HOSTILE:
        read(question)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What's new since July?", "July is read as July 2025"),
        ("What came out in August?", "August is read as August 2023"),
        ("papers from early 2024", "“early 2024” is read as January to April 2024"),
    ],
)
def test_what_had_to_be_assumed_is_said(question, note):
    query = parse(question, today=TODAY, facets=FACETS)
    assert query.notes == (note,)
    assert note in query.reading


def test_a_month_that_has_not_begun_is_the_last_one():
    earlier = dt.date(2025, 5, 3)
    query = parse("what's new since July?", today=earlier, facets=FACETS)
    assert query.filters.since == dt.date(2024, 7, 1)


def test_thousands_of_organisations_are_no_thousands_of_patterns():
    names = tuple(f"Institute {n} of Things" for n in range(5000))
    facets = replace(FACETS, organisations=(*names, "Quxcorp"))
    start = time.perf_counter()
    query = parse("List all quxcorp papers", today=TODAY, facets=facets)
    assert time.perf_counter() - start < 0.5
    assert query is not None
    assert query.conditions.by == "Quxcorp"
