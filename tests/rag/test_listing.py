"""Follow-ups about the record of the paper that was spoken of, and numbers nobody gave out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

import pytest

from index.types import Filters
from rag.assistant import Assistant
from rag.deciding import answerable, least_answerable
from rag.listing import MODEL, REASON_NONE, REASON_NONE_FILTERED, WholeCollection
from rag.models.extractive import ExtractiveModel
from rag.settings import Settings
from rag.types import Turn
from tests.rag.corpus import EXPERTS, LIPS, compared

TALK = (Turn("What is LipSet?", "Talks in nine languages [1].", ((1, "lips"),)),)


@pytest.fixture
def quoting(shelve):
    dated = replace(LIPS, date=dt.date(2024, 5, 2), n_authors=4)
    return Assistant(shelve(dated, EXPERTS), ExtractiveModel(), Settings(), rng=Random(0))


@pytest.mark.parametrize(
    ("question", "told"),
    [("How many authors does it have?", "4 authors"), ("When was it published?", "2 May 2024")],
)
def test_a_record_is_looked_up_not_quoted(quoting, question, told):
    answer = quoting.ask(question, history=TALK)
    assert answer.model == MODEL
    assert told in answer.text
    assert [c.paper.id for c in answer.citations] == ["lips"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who is the first author?", "authors’ names not recorded"),
        ("Which organisation did that work?", "no organisation recorded"),
        ("How many authors are there?", "4 authors"),
        ("Is there a link?", "no link recorded"),
    ],
)
def test_a_record_need_not_be_named(quoting, question, told):
    answer = quoting.ask(question, history=TALK)
    assert (answer.model, told in answer.text) == (MODEL, True)


def test_a_link_that_is_recorded_is_given(shelve):
    known = Assistant(shelve(replace(LIPS, url="https://arxiv.org/abs/1")), ExtractiveModel(),
                      Settings(), rng=Random(0))  # fmt: skip
    assert "https://arxiv.org/abs/1" in known.ask("Where can I read it?", history=TALK).text


def test_what_the_abstract_answers_is_not_looked_up(quoting):
    assert quoting.ask("How many hours of video does it have?", history=TALK).model != MODEL


def test_a_number_that_no_answer_gave_out_stands_for_no_paper(quoting):
    assert quoting.ask("Tell me more about [7]", history=TALK).abstained
    known = quoting.ask("Tell me more about [1]", history=TALK)
    assert {c.paper.id for c in known.citations} == {"lips"}


def test_a_question_without_a_subject_is_answered_by_nothing(index):
    papers = compared(index, "tell me what the paper says").papers
    assert answerable("tell me what the paper says", papers) < least_answerable(papers)
    about = compared(index, "what do papers say about lip reading?").papers
    assert answerable("what do papers say about lip reading?", about) >= least_answerable(about)


@pytest.mark.parametrize(
    ("question", "filters", "reason"),
    [
        ("List all papers from 1999", None, REASON_NONE),
        ("List all papers from 1999", Filters(since="2024"), REASON_NONE_FILTERED),
        ("When was Quux-9 published?", None, REASON_NONE),
    ],
)
def test_that_nothing_is_so_names_the_filters_that_left_nothing(quoting, question, filters, reason):
    answer = quoting.ask(question, filters=filters)
    assert answer.model == MODEL
    assert answer.abstained
    assert answer.reason == reason
    assert ("filters" in answer.text) == (filters is not None)


def test_papers_on_a_topic_are_listed_whatever_words_ask_for_them(quoting):
    asked = ("List all papers about lip reading", "Any papers on lip reading?")
    first, second = [quoting.ask(question) for question in asked]
    assert second.model == MODEL
    assert second.text == first.text
    assert [c.paper.id for c in second.citations] == ["lips"]


def test_a_question_about_them_is_one_about_the_papers_asked_for_before(shelve):
    whole = WholeCollection(shelve(replace(LIPS, n_authors=4), EXPERTS))
    today = dt.date(2025, 1, 1)
    turns = (Turn("Which papers are on page one?", "Two."),)
    found = whole.parse("Which of them have 4 authors?", today, turns)
    assert found is not None
    assert (found.filters.pages, found.filters.min_authors) == (("one",), 4)
    alone = whole.parse("Which papers have 4 authors?", today, turns)
    assert alone is not None
    assert alone.filters.pages == ()
    assert whole.parse("Which of them have 4 authors?", today) is None
