"""Refusals, the assistant's own and those of a model."""

import pytest

import prompts
from index.types import Filters
from rag.answering import REASON_REFUSED
from rag.refusing import HINT_FOREIGN, REASON_EMPTY, REASON_FILTERED, Searched, lead
from tests.rag.answers import NO_ANSWER, QUESTION, TRUE, keeps_its_promise, quoting


def test_no_hits_is_a_refusal_that_asks_no_model(scripted):
    nowhere = Filters(pages="nowhere.txt")
    answer = scripted({"reply": "From memory."}).ask(QUESTION, filters=nowhere)
    assert answer.abstained
    assert answer.reason == REASON_FILTERED
    assert "From memory" not in answer.text
    assert "No paper here meets the filters (on page nowhere.txt)" in answer.text
    assert answer.text.endswith("drop them to search all 3 papers.")
    assert answer.sources == answer.citations == ()
    assert answer.usage.completion_tokens == 0
    keeps_its_promise(answer)


def test_a_refusal_speaks_of_the_papers_that_the_filters_admit(extractive):
    filters = Filters(pages="two.txt")
    answer = extractive.ask("How do I bake sourdough?", filters=filters)
    assert answer.reason == REASON_REFUSED
    assert "The one paper that meets the filters (on page two.txt) does not" in answer.text
    keeps_its_promise(answer)


def test_without_papers_there_is_nothing_to_refuse_with(shelve):
    answer = quoting(shelve()).ask(QUESTION)
    assert answer.reason == REASON_EMPTY
    assert answer.text.endswith("There are no papers here yet.")
    keeps_its_promise(answer)


@pytest.mark.parametrize("question", ["zzz qqq", "How do I bake sourdough?", "?!"])
def test_quotes_are_refused_where_they_hardly_answer(extractive, question):
    answer = extractive.ask(question)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert answer.text.startswith(lead(question, Searched(3)))
    keeps_its_promise(answer)


def test_a_paper_that_does_not_say_it_is_quoted_with_what_it_does_say(extractive):
    answer = extractive.ask("How many GPU hours did Switching Experts Off take on Mars?")
    assert answer.abstained
    assert "The paper is here." in answer.text
    assert {citation.paper.id for citation in answer.citations} == {"experts"}
    keeps_its_promise(answer)


def test_a_name_that_no_paper_has_is_said_to_be_unknown(extractive):
    answer = extractive.ask("Which bread does DisenDiff bake?")
    assert answer.abstained
    assert 'No paper here mentions "DisenDiff".' in answer.text
    keeps_its_promise(answer)


def test_an_answer_says_which_name_of_the_question_no_paper_has(scripted):
    answer = scripted({"reply": TRUE}).ask("Does DisenDiff cut refusals like switching experts?")
    assert not answer.abstained
    assert answer.notices == ('No paper here mentions "DisenDiff".',)


def test_an_answer_says_that_no_paper_has_the_title_asked_for(scripted):
    answer = scripted({"reply": TRUE}).ask('Summarise "Switching Experts On Again"')
    assert not answer.abstained
    assert answer.notices == ('No paper here is titled "Switching Experts On Again".',)


def test_no_german_noun_is_told_to_be_unknown(scripted):
    asked = "Welche Verfahren verringern die Zahl der Absagen?"
    answer = scripted({"reply": TRUE}, unsupported="show").ask(asked)
    assert not answer.abstained
    assert answer.notices == ()


def test_without_a_model_a_question_in_another_language_is_told_what_is_read(extractive, scripted):
    question = "Wie backt man eigentlich gutes Brot?"
    assert HINT_FOREIGN in extractive.ask(question).text
    refusal = scripted({"reply": prompts.SENTINEL}).ask(question)
    assert refusal.abstained
    assert HINT_FOREIGN not in refusal.text


@pytest.mark.parametrize(
    "reply",
    [
        prompts.SENTINEL,
        f"{prompts.SENTINEL}: the papers are silent on kettles.",
        f"{prompts.SENTINEL}\n\nThe papers are silent on kettles [1].",
        f"I am sorry. {prompts.SENTINEL}.",
        f"{prompts.SENTINEL} [{{{{key:1.1}}}}]",
    ],
)
@pytest.mark.parametrize("pieces", [1, 3, None])
def test_the_model_may_refuse(scripted, reply, pieces):
    answer = scripted({"reply": reply, "pieces": pieces}).ask(QUESTION)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert NO_ANSWER in answer.text
    assert {citation.paper.id for citation in answer.citations} == {"experts"}
    assert ("silent on kettles" in reply) == ("silent on kettles" in answer.text)
    assert prompts.SENTINEL not in answer.text
    keeps_its_promise(answer)


@pytest.mark.parametrize("before", ["", "**", "\n- "])
@pytest.mark.parametrize("pieces", [1, 3, 40, None])
def test_a_refusal_may_cite_what_comes_near(scripted, before, pieces):
    reply = f"{before}{prompts.SENTINEL} The papers only tell how refusals fall [{{{{best}}}}]."
    answer = scripted({"reply": reply, "pieces": pieces}).ask(QUESTION)
    assert answer.abstained
    assert answer.reason == REASON_REFUSED
    assert answer.text.endswith(f"The papers only tell how refusals fall [1].\n\n{NO_ANSWER}")
    assert len(answer.citations) == 1
    keeps_its_promise(answer)


def test_a_partial_answer_is_no_refusal_and_says_what_is_missing(scripted):
    reply = f"Refusals fall by 52% [{{{{best}}}}]. {prompts.SENTINEL} The cost is not told."
    answer = scripted({"reply": reply}).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]. The cost is not told."
    assert not answer.abstained
    assert answer.notices == ()
    keeps_its_promise(answer)
