"""Prompts of one's own reach every request that a model gets."""

from random import Random

import pytest

from prompts import SHIPPED, Prompts
from rag.assistant import Assistant
from rag.messages import prompt_fingerprint
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.settings import Settings
from rag.types import Turn
from tests import endpoint as server
from tests.rag.answers import QUESTION

NAMES = (
    "answer_system",
    "answer_user_followup",
    "answer_reminder",
    "plan_system",
    "judge_claim_system",
)
OWN = Prompts({name: f"OWN {name}\n{SHIPPED.text(name)}" for name in NAMES})


@pytest.fixture
def said(index):
    """Asks a model twice over, whose first reply cites nothing, and gives what it was sent."""
    with server.running() as endpoint:
        model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=Deadlines.within(10))

        def ask(templates):
            endpoint.requests.clear()
            assistant = Assistant(
                index,
                model,
                Settings(),
                rng=Random(0),
                judge=model,
                templates=templates,
            )
            answer = assistant.ask(QUESTION, history=[Turn("What is merging?", "It joins.")])
            sent = [m["content"] for one in endpoint.requests for m in one.body["messages"]]
            return answer, "\n".join(sent)

        yield ask
        model.close()


def test_what_is_said_to_the_model_and_its_fingerprint_are_ones_own(said):
    answer, sent = said(OWN)
    for name in ("answer_system", "answer_user_followup", "answer_reminder"):
        assert f"OWN {name}" in sent
    assert answer.prompt_fingerprint == prompt_fingerprint("normal", OWN) != prompt_fingerprint()
    answer, sent = said(SHIPPED)
    assert "OWN" not in sent
    assert answer.prompt_fingerprint == prompt_fingerprint()


def test_a_second_judge_and_a_plan_are_asked_for_in_ones_own_words(index, tmp_path):
    with server.running() as endpoint:
        model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=Deadlines.within(10))

        def reply(exchange):
            system = exchange.body["messages"][0]["content"]
            keys = [line for line in exchange.body["messages"][1]["content"].split() if line]
            cited = next((k for k in keys if k.startswith("[") and k.endswith("]")), "")
            text = f"Refusals fall by 52% {cited}." if "OWN answer" in system else "1: SUPPORTED"
            server.normal(text)(exchange)

        endpoint.play(reply)
        assistant = Assistant(index, model, Settings(), rng=Random(0), judge=model, templates=OWN)
        assistant.ask("Compare refusals versus merging of models: which is better?")
        first = [one.body["messages"][0]["content"].split("\n")[0] for one in endpoint.requests]
        model.close()
    assert "OWN plan_system" in first
    assert "OWN answer_system" in first
    assert "OWN judge_claim_system" in first
