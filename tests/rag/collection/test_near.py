"""Where no paper is about a topic: those that come near it, named as no answer."""

from __future__ import annotations

import datetime as dt

import pytest

from index.embedding import load_embedder
from index.store import PaperIndex
from index.types import Paper
from rag.collection import CollectionQuery, Conditions, answer_parts, facets_of, parse, run

TRADING = Paper(
    "trade",
    "Fast Hands: Reinforcement Learning for High-Frequency Crypto Markets",
    "Traders of cryptocurrency act within seconds. We train agents for high-frequency trading.",
)
CARS = Paper(
    "cars",
    "Learning to See from Games for Self Driving Cars",
    "Images of a computer game train a network that tells how far away the next car is.",
)
LAMPS = Paper("lamps", "Lamps of Antiquity", "Oil lamps of clay were lit with flax.")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with PaperIndex.open(tmp_path_factory.mktemp("near"), embedder=load_embedder()) as opened:
        opened.add((TRADING, CARS, LAMPS))
        yield opened


def asked(index, question):
    facets = facets_of(index.query())
    query = parse(question, today=dt.date(2025, 1, 1), facets=facets)
    assert query is not None
    return run(query, index)


def test_a_paper_that_is_near_is_named_and_quoted(index):
    result = asked(index, "Are there papers on stock trading?")
    assert [member.paper.id for member in result.near] == ["trade"]
    parts = answer_parts(result)
    assert (parts.empty, parts.unclear) == (True, True)
    assert "is clearly one about stock trading" in parts.text
    assert f"- {TRADING.title} [1]" in parts.text
    (citation,) = parts.citations
    assert TRADING.abstract[citation.start : citation.end] == citation.quote


def test_where_nothing_is_near_none_is_said_flatly(index):
    parts = answer_parts(asked(index, "Are there papers on volcanoes?"))
    assert (parts.empty, parts.unclear, parts.citations) == (True, False, ())


def test_a_field_goes_by_the_things_it_is_about(index):
    result = asked(index, "Are there papers on self-driving cars?")
    assert [paper.id for paper in result.papers] == ["cars"]


def test_where_organisations_are_hardly_recorded_it_cannot_be_told(index):
    parts = answer_parts(asked(index, "How many papers are from Google?"))
    assert parts.unclear
    assert "None of" not in parts.text
    assert "recorded for only 0 of the 3 papers" in parts.text


def test_where_they_are_recorded_none_is_said(tmp_path):
    with PaperIndex.open(tmp_path, embedder=load_embedder()) as index:
        index.add([Paper("x", "Title", "Text.", organisation="NVIDIA")])
        query = CollectionQuery("list", conditions=Conditions(by="Google"))
        assert not answer_parts(run(query, index)).unclear
