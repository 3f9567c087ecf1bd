"""Lists and counts of papers on a topic."""

import pytest

from tests.rag.collection.parsing.reading import authors, dated, read

TOPICS = {
    "How many papers are about continual learning?": {
        "kind": "count",
        "topic": "continual learning",
    },
    "How many of the papers deal with hallucination?": {"kind": "count", "topic": "hallucination"},
    "how many federated learning papers are there": {
        "kind": "count",
        "topic": "federated learning",
    },
    "List every paper on diffusion from 2023": dated("2023-01-01", "2023-12-31", topic="diffusion"),
    "Which papers about robots came out in 2024?": dated(
        "2024-01-01", "2024-12-31", topic="robots"
    ),
    "List all papers about model merging": {"kind": "list", "topic": "model merging"},
    "continual-learning papers from 2022": dated(
        "2022-01-01", "2022-12-31", topic="continual-learning"
    ),
    "How many papers on tool use have more than 10 authors?": authors(
        11, kind="count", topic="tool use"
    ),
}


@pytest.mark.parametrize(("question", "expected"), TOPICS.items())
def test_it_is_understood(question, expected):
    assert read(question) == expected
