"""What every ChatModel does, over every one there is."""

import json
import threading
from dataclasses import replace

import pytest

from rag.cancellation import Cancellation
from rag.models import ChatModel, ChatRequest, Completion, Message
from rag.models.extractive import ExtractiveModel
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.models.scripted import ScriptedModel
from tests import endpoint as server
from tests.rag.corpus import EXPERTS, LIPS, compared, evidence, shelved

QUESTION = "Does switching off experts cut refusals without retraining?"


@pytest.fixture(params=["extractive", "scripted", "openai"])
def model(request, tmp_path) -> ChatModel:
    if request.param == "extractive":
        yield ExtractiveModel()
    elif request.param == "scripted":
        script = tmp_path / "script.jsonl"
        line = {"reply": "Refusals fall by 52% [{{best}}]. Yes.", "delay_ms": 1}
        script.write_text(json.dumps(line) + "\n")
        yield ScriptedModel(script)
    else:
        with server.running() as endpoint:
            endpoint.play(server.normal("Refusals fall by 52%. Yes."))
            model = OpenAIChatModel("m", base_url=endpoint.base_url)
            yield model
            model.close()


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Makes the request, with changes."""
    with shelved(tmp_path_factory.mktemp("store"), (EXPERTS, LIPS)) as index:
        found = compared(index, QUESTION)
    messages = (Message("system", "be good"), Message("user", QUESTION))

    def made(**changes) -> ChatRequest:
        return replace(ChatRequest(QUESTION, found, messages), **changes)

    return made


def test_text_comes_in_pieces_and_one_completion_last(model, ask):
    *pieces, last = model.stream(ask())
    assert len(pieces) > 0
    assert all(isinstance(piece, str) for piece in pieces)
    assert "52%" in "".join(pieces)
    assert isinstance(last, Completion)
    assert last.finish == "complete"


def test_it_says_what_it_is(model):
    assert model.spec.partition(":")[0] in ("extractive", "scripted", "openai")
    assert model.mode == ("extractive" if model.spec == "extractive" else "generative")
    assert isinstance(model.plans, bool)
    assert not (model.plans and model.mode == "extractive")


def test_it_can_be_asked_again_and_at_once_from_several_threads(model, ask):
    replies, threads = [], []
    for _ in range(4):
        thread = threading.Thread(
            target=lambda: replies.append(list(model.stream(ask()))), daemon=True
        )
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join(20)
    texts = {"".join(p for p in reply if isinstance(p, str)) for reply in replies}
    assert len(replies) == 4
    assert len(texts) == 1


def test_closing_it_early_is_fine(model, ask):
    stream = model.stream(ask())
    next(stream)
    stream.close()
    assert list(stream) == []


def test_a_request_that_was_cancelled_ends(model, ask):
    cancellation = Cancellation()
    cancellation.cancel()
    *_, last = model.stream(ask(cancellation=cancellation))
    waits = model.mode == "generative"  # quoting waits for nobody
    assert last.finish == ("failed" if waits else "complete")


def test_evidence_without_papers_is_no_error(model, ask):
    *_, last = model.stream(ask(evidence=evidence(max_tokens=1)))
    assert isinstance(last, Completion)


def test_deadlines_keep_their_order():
    deadlines = Deadlines.within(8.0)
    assert deadlines.between < deadlines.first < deadlines.total == 8.0
