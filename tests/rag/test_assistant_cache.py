"""Answers that are kept: given again to the same question, over the same papers, for nothing."""

import datetime as dt
from random import Random

import pytest

from rag.answer_cache import FILE, AnswerCache
from rag.assistant import Assistant
from rag.models import Completion
from rag.models.extractive import ExtractiveModel
from rag.planning.by_model import SCRIPT_PREFIX
from rag.settings import Settings
from rag.types import Checked, Finished, Planned, Retrieved, Token, Usage
from tests.rag.answers import QUESTION, keeps_its_promise
from tests.rag.corpus import EXPERTS, HOSTILE, LIPS, Says

FINE = ["Refusals fall by 52% ", ("experts", 2), "."]


class Counted(Says):
    """Counts its calls, and does something during the first one."""

    def __init__(self, *replies, meanwhile=lambda: None, **more):
        super().__init__(*replies, **more)
        self.calls, self.meanwhile = 0, meanwhile

    def stream(self, request):
        self.calls += 1
        if self.calls == 1:
            self.meanwhile()
        yield from super().stream(request)


@pytest.fixture
def cache(tmp_path):
    return AnswerCache(tmp_path / FILE)


def keeping(index, model, cache, **more):
    return Assistant(index, model, Settings(), rng=Random(0), cache=cache, **more)


def test_the_second_time_it_comes_from_the_cache_with_all_its_events(index, cache):
    model = Counted(FINE)
    assistant = keeping(index, model, cache)
    first, events = assistant.ask(QUESTION), list(assistant.stream(QUESTION))
    again = events[-1].answer
    assert model.calls == 1
    assert [type(e) for e in events] == [Planned, Retrieved, Token, Checked, Finished]
    assert (first.cached, again.cached) == (False, True)
    assert (again.usage, again.cost_usd) == (Usage(), 0.0)
    assert (again.text, again.claims) == (first.text, first.claims)
    assert again.citations == first.citations
    assert again.timings_ms.total > 0
    assert again.timings_ms.generate == 0
    keeps_its_promise(again)
    assert assistant.ask(QUESTION).cached


def test_what_came_about_with_a_notice_is_not_kept(index, cache):
    model = Counted([*FINE, " It costs 5."])
    assistant = keeping(index, model, cache)
    assert assistant.ask(QUESTION).notices
    assert not assistant.ask(QUESTION).cached
    assert model.calls == 2


def test_other_papers_and_another_day_have_another_answer(shelve, cache):
    index, model = shelve(EXPERTS), Counted(FINE)
    assistant = keeping(index, model, cache)
    assistant.ask(QUESTION)
    index.add([LIPS])
    assert not assistant.ask(QUESTION).cached
    assert assistant.ask(QUESTION).cached
    tomorrow = keeping(index, model, cache, today=lambda: dt.date(2031, 1, 1))
    assert not tomorrow.ask(QUESTION).cached


def test_an_answer_belongs_to_the_papers_that_were_there_when_it_was_asked_for(shelve, cache):
    index = shelve(EXPERTS)
    assistant = keeping(index, Counted(FINE, meanwhile=lambda: index.add([HOSTILE])), cache)
    assistant.ask(QUESTION)
    assert not assistant.ask(QUESTION).cached


def test_quotes_and_lists_are_made_anew(index, cache):
    quoting = keeping(index, ExtractiveModel(), cache)
    listing = keeping(index, Counted(FINE), cache)
    for assistant, question in ((quoting, QUESTION), (listing, "How many papers are there?")):
        assistant.ask(question)
        assert not assistant.ask(question).cached


def test_what_was_found_while_the_indexes_lagged_is_not_kept(shelve, cache, monkeypatch):
    index, model = shelve(EXPERTS), Counted(FINE)
    assistant = keeping(index, model, cache)
    monkeypatch.setattr(type(index), "behind", True, raising=False)
    assistant.ask(QUESTION)
    monkeypatch.setattr(type(index), "behind", False, raising=False)
    assert not assistant.ask(QUESTION).cached
    assert assistant.ask(QUESTION).cached
    assert model.calls == 2


class Planning(Says):
    """Plans, too, once it is well."""

    plans, well = True, False

    def stream(self, request):
        if not request.question.startswith(SCRIPT_PREFIX):
            yield from super().stream(request)
        elif self.well:
            yield "SEARCH: refusals of sparse chatbots"
            yield Completion("complete")
        else:
            yield Completion("failed", detail="out of time")


def test_what_came_about_without_its_plan_is_not_kept(index, cache):
    model = Planning(FINE)
    assistant = keeping(index, model, cache)
    question = "waht cuts refusls of spars chatbtos?"
    assert assistant.ask(question).notices == ()
    model.well = True
    assert not assistant.ask(question).cached
    assert assistant.ask(question).cached


def test_an_answer_belongs_to_the_models_that_gave_and_judged_it(index, cache):
    model, other = Counted(FINE), Counted(FINE)
    keeping(index, model, cache).ask(QUESTION)
    other.spec = "another"
    assert not keeping(index, other, cache).ask(QUESTION).cached
    judged = keeping(index, model, cache, judge=Says(["1: yes"]))
    assert not judged.ask(QUESTION).cached
    assert keeping(index, model, cache).ask(QUESTION).cached
