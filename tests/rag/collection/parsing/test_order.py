"""Superlatives and counts by group."""

import pytest

from rag.collection import parse
from tests.rag.collection.outline import FACETS, TODAY
from tests.rag.collection.parsing.reading import extreme, read

EXTREMES = {
    "Going by the listed dates, what are the two newest papers?": extreme("date", limit=2),
    "newest paper": extreme("date"),
    "What is the most recent paper in the collection?": extreme("date"),
    "Show the 5 latest papers": extreme("date", limit=5),
    "the latest five papers": extreme("date", limit=5),
    "What is the oldest paper?": extreme("date", descending=False),
    "Which three papers are the oldest?": extreme("date", descending=False, limit=3),
    "What are the three oldest papers?": extreme("date", descending=False, limit=3),
    "Which paper came out first?": extreme("date", descending=False),
    "second oldest paper": extreme("date", descending=False, offset=1),
    "Which paper has the most authors?": extreme("n_authors"),
    "Which five papers have the most authors?": extreme("n_authors", limit=5),
    "top 3 papers by number of authors": extreme("n_authors", limit=3),
    "Which paper has the fewest authors?": extreme("n_authors", descending=False),
    "Which paper has the longest author list?": extreme("n_authors"),
    "Which paper is on the most pages?": extreme("n_pages"),
    "Which paper has the longest title?": extreme("title_length"),
    "What's new?": extreme("date", limit=10),
    "When did the newest paper come out?": extreme("date", asked=["date"]),
    "How many authors does the oldest paper have?": extreme(
        "date", descending=False, asked=["n_authors"]
    ),
    "What is the newest paper from 2023?": extreme(
        "date", filters={"since": "2023-01-01", "until": "2023-12-31"}
    ),
    "newest paper on hallucination": extreme("date", topic="hallucination"),
}

GROUPS = {
    "How many papers per month?": {"kind": "group", "group": "month"},
    "How many papers are there for each year?": {"kind": "group", "group": "year"},
    "Number of papers by year": {"kind": "group", "group": "year"},
    "How many papers are on each page?": {"kind": "group", "group": "page"},
    "Which year has the most papers?": {
        "kind": "group",
        "group": "year",
        "order": {"by": "papers", "descending": True},
        "limit": 1,
    },
}


@pytest.mark.parametrize(("question", "expected"), (EXTREMES | GROUPS).items())
def test_it_is_understood(question, expected):
    assert read(question) == expected


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("What are the newest papers?", 5),
        ("Show me the latest articles", 5),
        ("List the oldest papers", 5),
        ("What are the three newest papers?", 3),
        ("top 4 newest papers", 4),
        ("What is the newest of the papers?", 1),
        ("Which of the papers is the newest?", 1),
        ("What is the newest paper?", 1),
    ],
)
def test_newest_in_the_plural_are_several_and_that_is_said(question, limit):
    query = parse(question, today=TODAY, facets=FACETS)
    assert query is not None
    assert query.limit == limit
    assert ("without a number" in query.reading) == (limit == 5)
