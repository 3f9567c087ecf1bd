"""Models that misbehave: each ends in a useful answer or a clear error."""

import re
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prompts
from evals.measures.verbatim import violations
from index.errors import Rejected
from rag.answering import QUOTING
from rag.assistant import Assistant
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.settings import Settings
from rag.types import Checked, Token, Turn
from tests import endpoint as server
from tests.rag.answers import QUESTION, keeps_its_promise
from tests.rag.corpus import Says


def test_a_reply_that_cites_nothing_is_not_passed_off_as_an_answer(scripted):
    events = list(scripted({"reply": "From memory: it does [7]."}).stream(QUESTION))
    answer = events[-1].answer
    assert "From memory" not in answer.text
    assert answer.mode == "extractive"
    assert "52%" in answer.text
    assert answer.notices[0].endswith("gave no usable answer: the reply cites nothing")
    keeps_its_promise(answer)


@pytest.mark.parametrize("finish", ["truncated", "failed"])
def test_a_cut_answer_is_kept_up_to_its_last_claim_and_says_so(scripted, finish):
    line = {"reply": "Refusals fall by 52% [{{best}}]. And", "finish": finish}
    answer = scripted(line).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]."
    assert any("cut short" in notice for notice in answer.notices)
    keeps_its_promise(answer)


@pytest.mark.parametrize(
    "line",
    [
        {"reply": ""},
        {"reply": "Well, I", "finish": "failed"},
        {"reply": "Well, I", "finish": "truncated"},
        {"reply": "I'm sorry, but I can't help with that."},
        {"match": "something else", "reply": "x"},
    ],
)
def test_where_nothing_usable_comes_the_papers_are_quoted(scripted, line):
    answer = scripted(line).ask(QUESTION)
    assert answer.mode == "extractive"
    assert "52%" in answer.text
    assert "gave no usable answer" in answer.notices[0]
    assert "scripted:" in answer.notices[0]
    assert QUOTING in answer.notices
    keeps_its_promise(answer)


def test_a_reminder_of_how_to_cite_gets_one_more_try(index):
    again = [
        "Refusals fall by 52% ",
        ("experts", 2),
        ". It stays helpful ",
        ("experts", 3),
        ". No.",
    ]
    model = Says(["From memory, it does. So it is said. "], again)
    events = list(Assistant(index, model, Settings(), rng=Random(0)).stream(QUESTION))
    answer = events[-1].answer
    assert answer.mode == "generative"
    assert answer.text == "Refusals fall by 52% [1]. It stays helpful [1]."
    first = next(i for i, e in enumerate(events) if isinstance(e, Token) and e.citations)
    last = max(i for i, e in enumerate(events) if isinstance(e, Token))
    early = [e.claim.text for e in events[first:last] if isinstance(e, Checked)]
    assert early[0] == "Refusals fall by 52%."
    keeps_its_promise(answer)


@pytest.mark.parametrize("behaviour", [server.fails(500), server.stalls, server.is_cut])
def test_an_endpoint_that_is_down_still_leaves_quotes(index, behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        deadlines = Deadlines(0.3, 0.3, 2.0)
        model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=deadlines, backoff=0.01)
        answer = Assistant(index, model, Settings()).ask(QUESTION)
    assert answer.mode == "extractive"
    assert "openai:m" in answer.notices[0]
    keeps_its_promise(answer)


@pytest.mark.parametrize("behaviour", [server.fails(401), server.html, server.fails(404)])
def test_a_wrong_key_or_address_is_an_error(index, behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        with pytest.raises(Rejected):
            Assistant(index, model, Settings()).ask(QUESTION)


def test_what_a_model_is_told(index):
    with server.running() as endpoint:
        endpoint.play(server.normal(prompts.SENTINEL))
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(index, model, Settings())
        history = [Turn("What about kettles?", "Kettles [1] have limescale.\u202e")]
        assistant.ask("And refusals without retraining?", history=history)
        assistant.ask("What are refusals without retraining?")
    told = [exchange.body["messages"] for exchange in endpoint.requests]
    first, second = (messages for messages in told if "Paper: " in messages[1]["content"])
    assert [message["role"] for message in first] == ["system", "user"]
    fences = re.findall(r"<<<([a-z2-9]{16})$", first[1]["content"], re.MULTILINE)
    assert len(fences) == 2
    assert fences[0] == fences[1]
    assert f"<<<{fences[0]}" in first[0]["content"]
    assert fences[0] not in second[1]["content"]
    assert "Answer: Kettles have limescale." in first[1]["content"].replace("  ", " ")
    assert "And refusals without retraining?" in first[1]["content"]
    assert "kettles" not in second[1]["content"].lower().partition("question:")[2]
    assert not re.search("[\u202a-\u202e\u200b]", first[1]["content"])


PIECES = st.one_of(
    st.tuples(st.sampled_from(["lips", "experts"]), st.integers(1, 3)),
    st.sampled_from(["[1]", "[", "]", "1", " ", ". ", "\n", prompts.SENTINEL, "NOT_IN", "[zz99]"]),
    st.sampled_from(["Refusals fall by 52%. ", "Kettles. ", "【", "】", "(a)", "\u202e", "。"]),
    st.sampled_from(
        ["Lip reading is hard in noisy places", "Helpfulness stays the same", "by 97%"]
    ),
    st.text(max_size=8),
)
IDS = ("lips", "experts", "hostile", "gone")
CITED = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.lists(st.integers(1, 9), min_size=len(ids), max_size=len(ids), unique=True).map(
        lambda numbers: dict(zip(ids, numbers, strict=True))
    )
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pieces=st.lists(PIECES, max_size=20),
    finish=st.sampled_from(["complete", "truncated", "empty", "failed"]),
    cited=CITED,
    unsupported=st.sampled_from(["withhold", "show"]),
)
def test_whatever_a_model_writes_the_answer_keeps_its_promise(
    index, pieces, finish, cited, unsupported
):
    model = Says(pieces, finish=finish)
    assistant = Assistant(index, model, Settings(unsupported=unsupported), rng=Random(0))
    pairs = tuple((number, paper_id) for paper_id, number in cited.items())
    history = [Turn("Is bread baked?", "So it is.", cited=pairs)]
    question = "Which kettles, refusals and lips does switching experts help?"
    answer = assistant.ask(question, history=history)
    keeps_its_promise(answer, cited)
    assert prompts.SENTINEL not in answer.text
    if not cited:
        assert violations(answer) == ()
