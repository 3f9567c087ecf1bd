"""What was understood is told, may be changed, and asked again."""

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from index.types import Filters, Paper
from rag.listing import MODEL, REASON_NONE_FILTERED
from rag.types import Finished, Planned, Turn
from tests.rag.answers import QUESTION, keeps_its_promise, quoting
from tests.rag.corpus import EXPERTS

SEPTEMBER = Filters(since="2024-09", until="2024-09")
OCTOBER = Filters(since="2024-10", until="2024-10")
MERGING = "Model merging averages the weights of models. We study model merging."
PAPERS = (
    Paper("s", "Merging Models", MERGING, dt.date(2024, 9, 3), 3, pages=("one.txt",)),
    Paper("o", "Model Merging Again", MERGING, dt.date(2024, 10, 9), 9, pages=("two.txt",)),
    Paper("k", "Kettles", "Limescale grows in kettles.", dt.date(2024, 10, 1), 1, pages=("two",)),
    replace(EXPERTS, date=dt.date(2024, 10, 5), n_authors=4),
)
COUNT = "How many papers from September 2024 are about model merging?"


@pytest.fixture
def assistant(shelve):
    return quoting(shelve(*PAPERS))


def asked(assistant, question, **more):
    """(what was understood, the answer)."""
    events = list(assistant.stream(question, **more))
    (planned,) = [event for event in events if isinstance(event, Planned)]
    keeps_its_promise(events[-1].answer)
    return planned, events[-1].answer


def cited(answer):
    return {source.paper.id for source in answer.sources if source.cited}


def test_a_date_that_was_understood_is_told_changed_and_taken_off(assistant):
    planned, answer = asked(assistant, COUNT)
    assert (planned.filters, cited(answer)) == (SEPTEMBER, {"s"})
    planned, answer = asked(assistant, COUNT, filters=OCTOBER, understood=False)
    assert (planned.filters, cited(answer)) == (OCTOBER, {"o"})
    assert planned.question == answer.rewritten_question
    assert planned.question == "Count the papers about model merging dated in October 2024."
    assert answer.question == COUNT
    assert answer.model == MODEL
    for nothing in (None, Filters()):
        planned, answer = asked(assistant, COUNT, filters=nothing, understood=False)
        assert (planned.filters, cited(answer)) == (Filters(), {"s", "o"})


def test_by_default_filters_come_on_top_of_what_was_understood(assistant):
    planned, answer = asked(assistant, "List all papers from October 2024", filters=OCTOBER)
    assert cited(answer) == {"o", "k", "experts"}
    narrow = Filters(pages="two", min_authors=2, max_authors=9, words="merging")
    planned, answer = asked(assistant, "List all papers from October 2024", filters=narrow)
    assert planned.filters == replace(narrow, since=OCTOBER.since, until=OCTOBER.until)
    assert cited(answer) == {"o"}
    _, answer = asked(assistant, COUNT, filters=OCTOBER)
    assert answer.abstained


@pytest.mark.parametrize(
    ("question", "changed", "ids"),
    [
        ("Which papers have at least 4 authors?", Filters(min_authors=1, max_authors=1), {"k"}),
        ("Which papers mention “limescale”?", Filters(words="weights"), {"s", "o"}),
        ("List the papers on page one", Filters(pages="two"), {"o", "k", "experts"}),
    ],
)
def test_any_condition_can_be_changed(assistant, question, changed, ids):
    planned, answer = asked(assistant, question, filters=changed, understood=False)
    assert planned.filters == changed
    assert answer.model == MODEL
    assert cited(answer) == ids


def test_that_nothing_is_so_names_the_filters(assistant):
    _, answer = asked(assistant, COUNT, filters=Filters(since="2030"), understood=False)
    assert answer.abstained
    assert answer.reason == REASON_NONE_FILTERED
    assert "2030" in answer.text


@pytest.mark.parametrize("understood", [True, False])
def test_other_questions_are_asked_under_the_filters_that_are_told(assistant, understood):
    given = Filters("2024-10", "2024-12", ("one", "two"), 2, 20, ("experts",))
    more = {"filters": given, "understood": understood}
    planned, answer = asked(assistant, QUESTION, **more)
    assert planned.filters == given
    assert [source.paper.id for source in answer.sources] == ["experts"]
    talk = (Turn("What is limescale?", "It grows [1].", ((1, "k"),)),)
    planned, answer = asked(assistant, "And how does it cut refusals?", history=talk, **more)
    assert planned.filters == given
    assert {source.paper.id for source in answer.sources} <= {"experts"}


@pytest.mark.parametrize("understood", [True, False])
def test_a_record_is_looked_up_among_the_papers_that_the_filters_admit(assistant, understood):
    question = "When was “Kettles” published?"
    planned, answer = asked(assistant, question, filters=OCTOBER, understood=understood)
    assert (planned.filters, cited(answer)) == (OCTOBER, {"k"})
    _, answer = asked(assistant, question, filters=SEPTEMBER, understood=understood)
    assert answer.abstained


def test_it_is_one_path_whoever_asks(assistant):
    more = {"filters": OCTOBER, "understood": False}

    async def off_the_loop():
        streamed = [event async for event in assistant.astream(COUNT, **more)]
        return streamed[-1], await assistant.aask(COUNT, **more)

    last, answer = asyncio.run(off_the_loop())
    assert isinstance(last, Finished)
    text = assistant.ask(COUNT, **more).text
    assert text == last.answer.text == answer.text
    assert text != assistant.ask(COUNT).text
