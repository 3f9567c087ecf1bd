"""Follow-ups about what is recorded of the one paper that was spoken of."""

from __future__ import annotations

import pytest

from rag.collection import parse_record
from tests.rag.collection.outline import FACETS, TODAY

TITLE = "Alignment faking in large language models"


def asked(question):
    query = parse_record(question, TITLE, today=TODAY, facets=FACETS)
    assert query is None or (query.kind, query.titles) == ("lookup", (TITLE,))
    return query and query.asked


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("Who is the first author?", "authors"),
        ("Who wrote it?", "authors"),
        ("who are the authors of that paper?", "authors"),
        ("And who did that work?", "authors"),
        ("Who is behind this?", "authors"),
        ("When was it published?", "date"),
        ("When was that published?", "date"),
        ("When did the paper come out?", "date"),
        ("What year is it from?", "date"),
        ("How old is it?", "date"),
        ("Which organisation did that work?", "organisation"),
        ("Which lab is it from?", "organisation"),
        ("What company is behind it?", "organisation"),
        ("Where do the authors work?", "organisation"),
        ("How many authors are there?", "n_authors"),
        ("How many authors does it have?", "n_authors"),
        ("How many people wrote it?", "n_authors"),
        ("Is there a link?", "url"),
        ("do you have the PDF?", "url"),
        ("Where can I read it?", "url"),
        ("What is the DOI?", "url"),
    ],
)
def test_the_record_is_asked_for(question, field):
    assert field in (asked(question) or ())


@pytest.mark.parametrize(
    "question",
    [
        "How many hours of video does it have?",
        "Is there a link between scale and faking?",
        "Who is it for?",
        "When does it fail?",
        "Where is it used?",
        "What group of people was asked?",
        "How many people were asked?",
        "Which models did the authors test?",
        "Who wrote the instructions?",
        "Which team won?",
        "",
    ],
)
def test_what_the_abstract_says_is_not(question):
    assert asked(question) is None


@pytest.mark.parametrize("text", ["who is the " + "first " * 90, "and " * 90, "it (" * 50])
def test_odd_text_is_no_error(text):
    assert asked(text) is None
