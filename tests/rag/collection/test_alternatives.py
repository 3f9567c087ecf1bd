"""Topics with "or" and "and" are several; unclear ones are none."""

import pytest

from rag.collection import CollectionQuery, parse, run
from rag.collection.alternatives import ways_of
from tests.rag.collection.outline import FACETS, TODAY


@pytest.mark.parametrize(
    ("topic", "ways"),
    [
        ("model merging", (("model merging",),)),
        ("robotics or speech", (("robotics",), ("speech",))),
        ("pruning and/or quantization", (("pruning",), ("quantization",))),
        ("speech recognition or robots", (("speech recognition",), ("robots",))),
        ("search and rescue", (("search and rescue",), ("search", "rescue"))),
        ("RAG or a and b", (("RAG",), ("a and b",), ("a", "b"))),
        ("image or video generation", ()),
        ("pruning or quantization of networks", ()),
        ("robotics or", ()),
        ("", ()),
    ],
)
def test_ways(topic, ways):
    assert ways_of(topic) == ways


def test_an_alternative_that_is_cut_short_is_no_topic():
    for question in (
        "List all papers about robotics or from 2023",
        "How many papers are about image or video generation?",
    ):
        assert parse(question, today=TODAY, facets=FACETS) is None
    found = parse("List all papers about robotics or speech", today=TODAY, facets=FACETS)
    assert found is not None
    assert found.topic == "robotics or speech"


def found(index, topic: str) -> set[str]:
    return {paper.id for paper in run(CollectionQuery("list", topic=topic), index).papers}


def test_either_of_two_topics_suffices_and_both_are_needed(small):
    merging, pruning = found(small, "merging"), found(small, "pruning")
    assert merging
    assert pruning - merging
    assert found(small, "merging or pruning") == merging | pruning
    assert found(small, "model merging and pruning") == set()
    assert found(small, "pruning and memory") == {"b"}


def test_a_paper_is_judged_and_shown_once(small):
    result = run(CollectionQuery("list", topic="lips or pruning or merging"), small)
    ids = [paper.id for paper in result.papers]
    assert len(set(ids)) == len(ids) <= result.judged <= result.facets.papers
