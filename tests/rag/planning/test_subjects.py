"""Follow-ups that leave the papers that were spoken of for a subject of their own."""

from __future__ import annotations

import pytest

from index.types import Filters
from rag.collection import CollectionFacets, CollectionQuery, CollectionResult
from rag.collection.nothing import none_text
from rag.planner import plan
from rag.planning.subjects import own_thing, own_topic, refused, rewords
from rag.refusing import Searched, lead
from rag.types import Turn

WHALES = Turn("How do whales sing?", "In dialects [1].", ((1, "whale"),))
REFUSED = Turn("What is the capital of France?", lead("What is the capital?", Searched(8)))


def planned(papers, question, *turns):
    return plan(question, turns, Filters(), papers)


def test_what_about_a_subject_of_other_papers_begins_anew(papers):
    found = planned(papers, "What about data pruning?", WHALES)
    assert (found.asked, found.question) == (
        "What about data pruning?",
        "What do the papers say about data pruning?",
    )
    assert found.focus == ()


@pytest.mark.parametrize(
    "question", ["What about humpback whales?", "What about smaller models?", "What about speed?"]
)
def test_what_about_a_side_of_the_same_papers_stays_with_them(papers, question):
    assert planned(papers, question, WHALES).focus == ("whale",)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What about model merging?", "model merging"),
        ("And how about robotics?", "robotics"),
        ("OK, what about LoRA?", "LoRA"),
        ("What about it?", ""),
        ("What about smaller models?", ""),
        ("What about inference speed?", ""),
        ("What about images?", ""),
        ("What about sound? Did it see any?", ""),
        ("What about doing that with fewer examples of each class?", ""),
        ("Does it work?", ""),
    ],
)
def test_a_topic_is_told_from_an_aspect(question, topic):
    assert own_topic(question) == topic


def test_a_question_about_another_thing_is_not_about_the_old_papers(papers):
    assert own_thing("What is the price of gold?") == "gold"
    assert planned(papers, "What is the price of gold?", WHALES).focus == ()
    assert planned(papers, "What is the number of oceans?", WHALES).focus == ("whale",)


@pytest.mark.parametrize(
    "question", ["What is the size of the dataset?", "What is the point of it?", "What is it?"]
)
def test_the_thing_of_that_paper_is_no_other(question):
    assert own_thing(question) == ""


def test_a_question_that_was_refused_is_no_subject(papers):
    assert refused(REFUSED)
    assert not refused(WHALES)
    assert planned(papers, "Does it work in math?", REFUSED).question == "Does it work in math?"
    assert planned(papers, "Is it loud?", WHALES, REFUSED).focus == ("whale",)


def test_thanks_are_no_subject(papers):
    thanks = Turn(
        "thanks", none_text(CollectionResult(CollectionQuery("help"), (), CollectionFacets(8)))
    )
    assert planned(papers, "Is it loud?", WHALES, thanks).focus == ("whale",)


@pytest.mark.parametrize(
    "question", ["I mean the one in Texas", "And of Spain?", "So what is that capital called?"]
)
def test_unless_it_is_worded_anew(papers, question):
    assert rewords(question, REFUSED.question)
    assert REFUSED.question in planned(papers, question, REFUSED).query


def test_a_paper_that_a_refused_question_names_was_spoken_of(papers):
    asked = "What does FoldBot cost?"
    turn = Turn(asked, lead(asked, Searched(8)))
    assert planned(papers, "Is it open source?", turn).focus == ("fold",)
