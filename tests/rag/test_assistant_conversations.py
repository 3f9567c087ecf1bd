"""Follow-ups, and questions about the collection itself."""

import datetime as dt

import pytest

from index.types import Filters, Paper
from rag.assistant import Assistant
from rag.settings import Settings
from rag.types import Checked, Finished, Planned, Retrieved, Token, Turn
from tests.rag.answers import QUESTION, keeps_its_promise, quoting
from tests.rag.corpus import EXPERTS, LIPS, PAPERS, Says

# Conversations


def test_a_follow_up_is_made_to_stand_alone_with_the_paper_spoken_of(extractive):
    messages = [
        {"role": "user", "content": "How do sparse chatbots decline fewer questions?"},
        {
            "role": "assistant",
            "content": "By switching experts off [1].",
            "citations": [{"marker": 1, "paper": {"id": "experts"}}],
        },
    ]
    answer = extractive.ask("By how much did refusals fall with it?", history=messages)
    assert answer.question == "By how much did refusals fall with it?"
    assert answer.rewritten_question == (
        'By how much did refusals fall with it? (about "Switching Experts Off")'
    )
    assert {citation.paper.id for citation in answer.citations} == {"experts"}
    assert "52%" in answer.text


@pytest.mark.parametrize("title", ["It", "The paper"])
def test_it_is_the_paper_spoken_of_even_where_another_ones_title_is_that(shelve, title):
    index = shelve(EXPERTS, Paper("other", title, "Kettles boil.", n_authors=3))
    before = Turn("How do chatbots decline less?", "By a trick [1].", ((1, "experts"),))
    for question in ("How many authors does it have?", "Who wrote the paper?"):
        answer = quoting(index).ask(question, history=[before])
        assert answer.model == "collection"
        assert [citation.paper.id for citation in answer.citations] == ["experts"]


def test_a_follow_up_is_a_question_even_where_a_title_is_the_same(shelve):
    index = shelve(EXPERTS, Paper("other", "When was it published?", "Kettles boil."))
    before = Turn("How do chatbots decline less?", "By a trick [1].", ((1, "experts"),))
    answer = quoting(index).ask("When was it published?", history=[before])
    assert [citation.paper.id for citation in answer.citations] == ["experts"]
    alone = quoting(index).ask('What does "When was it published?" say?', history=[before])
    assert "other" in {citation.paper.id for citation in alone.citations}


def test_without_a_known_paper_a_follow_up_takes_the_question_before_it_along(extractive):
    earlier = Turn("How do sparse chatbots decline fewer questions?", "By a trick.")
    answer = extractive.ask("By how much did it fall?", history=[earlier])
    assert answer.rewritten_question == f"{earlier.question} By how much did it fall?"
    assert answer.sources[0].paper == EXPERTS


def test_a_papers_number_stays_its_own_and_new_ones_go_on(index):
    before = Turn("What of lips?", "LipSet has 1,200 hours [4].", cited=((4, "lips"),))
    model = Says(["Refusals fall by 52% ", ("experts", 2), ". LipSet has video ", ("lips", 2), "."])
    question = "Switching off experts and refusals, and LipSet with its hours of video?"
    answer = Assistant(index, model, Settings()).ask(question, history=[before])
    assert answer.text == "Refusals fall by 52% [5]. LipSet has video [4]."
    assert {c.paper.id: c.marker for c in answer.citations} == {"lips": 4, "experts": 5}
    keeps_its_promise(answer, {"lips": 4})


def test_a_refusal_keeps_the_conversations_numbers(extractive):
    before = Turn("What of lips?", "It is hard [2].", cited=((2, "lips"), (3, "experts")))
    answer = extractive.ask(
        "How many GPU hours did Switching Experts Off take on Mars?", history=[before]
    )
    assert answer.abstained
    assert {citation.marker for citation in answer.citations} == {3}
    keeps_its_promise(answer, {"lips": 2, "experts": 3})


def test_a_list_keeps_the_conversations_numbers(extractive):
    before = Turn("What of lips?", "It is hard [2].", cited=((2, "lips"),))
    answer = extractive.ask("How many papers are there?", history=[before])
    assert {c.paper.id: c.marker for c in answer.citations}["lips"] == 2
    assert {c.marker for c in answer.citations} == {2, 3, 4}


# Questions about the collection


def test_a_list_is_answered_from_the_whole_collection_and_asks_no_model(scripted):
    events = list(scripted({"reply": "Two."}).stream("How many papers are there?"))
    answer = events[-1].answer
    kinds = list(dict.fromkeys(type(event) for event in events))
    assert kinds == [Planned, Retrieved, Token, Checked, Finished]
    assert "3 papers" in answer.text
    assert (answer.model, answer.mode, answer.cost_usd) == ("collection", "extractive", 0.0)
    assert {source.paper.id for source in answer.sources if source.cited} == {p.id for p in PAPERS}
    keeps_its_promise(answer)


def test_a_list_keeps_within_the_filters(extractive):
    answer = extractive.ask("How many papers are there?", filters=Filters(pages="two"))
    assert [source.paper.id for source in answer.sources] == ["experts"]
    keeps_its_promise(answer)


@pytest.mark.parametrize(
    ("today", "ids"),
    [(dt.date(2024, 10, 15), {"a"}), (dt.date(2024, 9, 3), {"b"}), (dt.date(2024, 7, 1), set())],
)
def test_relative_dates_count_from_the_day_that_is_passed_in(shelve, today, ids):
    index = shelve(
        Paper("a", "Pruning", "We prune.", date=dt.date(2024, 9, 26)),
        Paper("b", "Distilling", "We distil.", date=dt.date(2024, 8, 2)),
    )
    answer = quoting(index, today=lambda: today).ask("Which papers came out last month?")
    assert {source.paper.id for source in answer.sources if source.cited} == ids
    assert answer.abstained == (not ids)
    keeps_its_promise(answer)


def test_papers_that_are_added_are_counted_from_then_on(shelve):
    index = shelve(EXPERTS)
    assistant = quoting(index)
    assert "one paper" in assistant.ask("How many papers are there?").text.lower()
    index.add([LIPS])
    assert "2 papers" in assistant.ask("How many papers are there?").text
    assert "2 papers here" in assistant.ask("How do I bake sourdough?").text


def test_filters_reach_the_index(extractive):
    answer = extractive.ask(QUESTION, filters=Filters(pages="two"))
    assert [source.paper.id for source in answer.sources] == ["experts"]
