"""What a language model is told, by length."""

from dataclasses import replace
from random import Random

import pytest

from rag.assistant import Assistant
from rag.messages import messages_for, prompt_fingerprint
from rag.models.extractive import ExtractiveModel
from rag.settings import Settings
from tests.rag.answers import QUESTION, keeps_its_promise
from tests.rag.corpus import EXPERTS, LIPS, Says, evidence

NORMAL = (
    "- Be brief: one to five sentences, up to ten for two sides or several papers. No heading, no "
    "preamble, no closing remark."
)


def told(length):
    system, _ = messages_for(QUESTION, (), evidence(EXPERTS), "fence", length)
    return system.content


def test_the_length_is_said_in_the_last_line():
    assert told("normal").splitlines()[-1] == NORMAL
    assert told("short").splitlines()[-1].startswith("- Be very brief: one or two sentences")
    assert "up to ten sentences, up to twenty for" in told("long").splitlines()[-1]
    assert len({told(length).rpartition("\n")[0] for length in ("short", "normal", "long")}) == 1


def test_the_fingerprint_follows_the_length():
    assert prompt_fingerprint() == prompt_fingerprint("normal")
    assert len({prompt_fingerprint(length) for length in ("short", "normal", "long")}) == 3


class Heard(Says):
    """Keeps what it was asked."""

    def stream(self, request):
        self.asked = request
        return super().stream(request)


@pytest.mark.parametrize("length", ["short", "normal", "long"])
def test_the_assistant_asks_for_the_length_that_is_set(index, length):
    model = Heard(["Refusals fall by 52% ", ("experts", 2), "."])
    answer = Assistant(index, model, Settings(length=length), rng=Random(0)).ask(QUESTION)
    assert model.asked.messages[0].content.splitlines()[-1] == told(length).splitlines()[-1]
    assert answer.prompt_fingerprint == prompt_fingerprint(length)


def test_quotes_are_as_long_as_is_set_also_in_place_of_a_model(shelve):
    parts = ("refusals", "needless refusals", "refusals of harmless questions", "most refusals")
    abstract = " ".join(f"Switching off experts cuts {what} without retraining." for what in parts)
    index = shelve(replace(EXPERTS, abstract=abstract), LIPS)

    def quoted(model, length):
        answer = Assistant(index, model, Settings(length=length), rng=Random(0)).ask(QUESTION)
        keeps_its_promise(answer)
        return [c.quote for c in answer.citations]

    for model in (ExtractiveModel(), Says(["From memory."])):
        short, long = quoted(model, "short"), quoted(model, "long")
        assert 1 <= len(short) <= 2
        assert set(short) < set(long)
