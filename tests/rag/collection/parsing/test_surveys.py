"""Surveys and reviews, by the words for them."""

from __future__ import annotations

import pytest

from rag.collection import parse
from rag.collection.parsing.surveys import TITLED
from tests.rag.collection.outline import FACETS, TODAY


def parsed(question):
    return parse(question, today=TODAY, facets=FACETS)


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("List all surveys", "list", None),
        ("How many surveys are there?", "count", None),
        ("Which papers are surveys?", "list", None),
        ("Are there any survey papers on continual learning?", "list", "continual learning"),
        ("Is there a survey of federated learning?", "list", "federated learning"),
        ("literature reviews on language models", "list", "language models"),
    ],
)
def test_surveys_are_told_by_their_titles(question, kind, topic):
    query = parsed(question)
    assert query is not None
    assert (query.kind, query.topic, query.conditions.title_any) == (kind, topic, TITLED)


@pytest.mark.parametrize(
    "question",
    [
        "What is the survey about?",
        "What does the survey on continual learning say?",
        "Which papers mention customer reviews?",
        "Which papers are about movie reviews?",
        "How do surveys sort the field?",
    ],
)
def test_other_surveys_are_no_condition(question):
    query = parsed(question)
    assert query is None or not query.conditions.title_any
