"""The pipeline, over a small real index and every kind of model."""

import asyncio
import json
import re
import socket
import sys
import threading
import time
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prompts
from index.errors import ConfigError, Rejected
from index.types import Filters, Paper
from rag.answering import QUOTING, QUOTING_NUMBERS
from rag.assistant import Assistant
from rag.models import Completion
from rag.models.extractive import ExtractiveModel
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.models.scripted import ScriptedModel
from rag.settings import Settings
from rag.types import Answer, Checked, Finished, Planned, Retrieved, Token, Turn
from tests import endpoint as server
from tests.rag.corpus import EMBEDDER, EXPERTS, PAPERS, TinyIndex

QUESTION = "Does switching off experts cut refusals without retraining?"


def scripted(tmp_path, *lines, **setup) -> Assistant:
    path = tmp_path / "script.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Assistant(TinyIndex(), ScriptedModel(path), Settings(**setup), rng=Random(0))


def extractive() -> Assistant:
    return Assistant(TinyIndex(), ExtractiveModel(EMBEDDER.embed), Settings(), rng=Random(0))


def keeps_its_promise(answer: Answer) -> None:
    in_text = {int(number) for number in re.findall(r"\[(\d+)\]", answer.text)}
    assert in_text == {citation.marker for citation in answer.citations}
    for citation in answer.citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote
        assert 0 <= citation.support <= 1
    assert {n for claim in answer.claims for n in claim.markers} == in_text
    cited = {citation.paper.id for citation in answer.citations}
    assert {source.paper.id for source in answer.sources if source.cited} == cited
    assert answer.abstained == (answer.reason is not None)
    json.dumps(answer.to_dict())


def test_the_events_come_in_order_and_finished_is_last(tmp_path):
    assistant = scripted(tmp_path, {"reply": "It does, by 52% [{{best}}]. So it says."})
    events = list(assistant.stream(QUESTION))
    kinds = [type(event) for event in events]
    assert list(dict.fromkeys(kinds)) == [Planned, Retrieved, Token, Checked, Finished]
    answer = events[-1].answer
    assert "".join(e.text for e in events if isinstance(e, Token)).rstrip() == answer.text
    assert [e.claim for e in events if isinstance(e, Checked)] == list(answer.claims)
    streamed = [c for e in events if isinstance(e, Token) for c in e.citations]
    assert [(c.marker, c.quote) for c in streamed] == [
        (c.marker, c.quote) for c in answer.citations
    ]


def test_a_cited_answer(tmp_path):
    answer = scripted(tmp_path, {"reply": "Refusals fall by 52% [{{key:1.2}}]."}).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]."
    assert answer.citations[0].paper == EXPERTS
    assert "52%" in answer.citations[0].quote
    assert (answer.mode, answer.abstained) == ("generative", False)
    assert answer.model.startswith("scripted:")
    assert answer.prompt_fingerprint == prompts.fingerprint(prompts.names())
    assert answer.usage.completion_tokens > 0
    keeps_its_promise(answer)


def test_an_extractive_answer_quotes_and_says_so():
    answer = extractive().ask(QUESTION)
    assert "52%" in answer.text
    assert answer.mode == answer.model == "extractive"
    assert any("word for word" in notice for notice in answer.notices)
    assert answer.cost_usd == 0.0
    keeps_its_promise(answer)


def quoted(*abstracts: str) -> Answer:
    papers = tuple(Paper(f"p{n}", "Switching Experts", text) for n, text in enumerate(abstracts))
    model = ExtractiveModel(EMBEDDER.embed)
    return Assistant(TinyIndex(papers), model, Settings(), rng=Random(0)).ask(QUESTION)


@pytest.mark.parametrize(
    "aside",
    [
        "[int8]",
        "[1, 2]",
        "[Smith et al., 2020]",
        "[source 3]",
        "[k3f7]",
        "[]",
        "(7)",
        "array[",
        prompts.SENTINEL,
        f"{prompts.SENTINEL}: kettles",
    ],
)
def test_a_quote_is_word_for_word(aside):
    abstract = f"Switching off experts cuts refusals {aside} without retraining."
    answer = quoted(abstract)
    assert answer.text == f"{abstract} [1]"
    assert answer.notices == (QUOTING,)
    assert not answer.abstained
    keeps_its_promise(answer)


@pytest.mark.parametrize(("number", "written"), [("[12]", "(12)"), ("[[ 3 ]]", "[( 3 )]")])
def test_a_number_of_the_papers_own_passes_for_no_marker(number, written):
    answer = quoted(f"Switching off experts cuts refusals {number} without retraining.")
    assert answer.text == f"Switching off experts cuts refusals {written} without retraining. [1]"
    assert number in answer.citations[0].quote
    assert answer.notices == (QUOTING_NUMBERS,)
    keeps_its_promise(answer)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(["[", "]", "1", "12", "[1]", "[2]", " ", ". ", "\n", "[zz99]"]),
                st.sampled_from(["Switching experts cuts refusals. ", prompts.SENTINEL]),
                st.text(max_size=6),
            ),
            max_size=12,
        ).map("".join),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_a_paper_holds_its_quotes_keep_the_promise(asides):
    answer = quoted(*(f"Switching off experts {a} without retraining [1]. {a}" for a in asides))
    assert answer.citations
    assert len(answer.notices) == 1
    keeps_its_promise(answer)


def test_timings_add_up(tmp_path):
    line = {"reply": "Refusals fall [{{best}}].", "delay_ms": 20}
    timings = scripted(tmp_path, line).ask(QUESTION).timings_ms
    assert 20 <= timings.first_token <= timings.total
    assert timings.generate >= 60
    parts = timings.plan + timings.retrieve + timings.generate + timings.check
    assert parts <= timings.total


@pytest.mark.parametrize("question", ["zzz qqq", "Unrelated gibberish xyzzy?"])
def test_no_hits_is_a_refusal_that_asks_no_model(tmp_path, question):
    answer = scripted(tmp_path, {"reply": "From memory."}).ask(question)
    assert answer.abstained
    assert "From memory" not in answer.text
    assert answer.sources == ()
    keeps_its_promise(answer)


@pytest.mark.parametrize(
    "reply",
    [
        prompts.SENTINEL,
        f"{prompts.SENTINEL}: the papers are silent on kettles.",
        f"{prompts.SENTINEL}\n\nThe papers are silent on kettles [1].",
        f"I am sorry. {prompts.SENTINEL}.",
    ],
)
@pytest.mark.parametrize("pieces", [1, 3, None])
def test_the_model_may_refuse(tmp_path, reply, pieces):
    assistant = scripted(tmp_path, {"reply": reply, "pieces": pieces})
    answer = assistant.ask(QUESTION)
    assert answer.abstained
    assert answer.reason
    assert answer.text
    assert prompts.SENTINEL not in answer.text
    keeps_its_promise(answer)


@pytest.mark.parametrize("before", ["", "**", "\n- "])
@pytest.mark.parametrize("pieces", [1, 3, 40, None])
def test_a_refusal_may_cite_what_comes_near(tmp_path, before, pieces):
    reply = f"{before}{prompts.SENTINEL} The papers only tell how refusals fall [{{{{best}}}}]."
    answer = scripted(tmp_path, {"reply": reply, "pieces": pieces}).ask(QUESTION)
    assert answer.abstained
    assert answer.reason == "the papers found hold no answer"
    assert answer.text.endswith("The papers only tell how refusals fall [1].")
    assert len(answer.citations) == 1
    keeps_its_promise(answer)


def test_a_partial_answer_is_no_refusal(tmp_path):
    reply = f"Refusals fall by 52% [{{{{best}}}}]. {prompts.SENTINEL} The cost is not told."
    answer = scripted(tmp_path, {"reply": reply}).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]. The cost is not told."
    assert not answer.abstained
    assert answer.claims[1].verdict == "unsupported"


def test_a_reply_that_cites_nothing_is_not_passed_off_as_an_answer(tmp_path):
    answer = scripted(tmp_path, {"reply": "From memory: it does [7]."}).ask(QUESTION)
    assert answer.abstained
    assert "cites no paper" in answer.reason
    assert any("1 reference" in notice for notice in answer.notices)
    keeps_its_promise(answer)


@pytest.mark.parametrize("finish", ["truncated", "failed"])
def test_a_cut_answer_is_kept_and_says_so(tmp_path, finish):
    line = {"reply": "Refusals fall by 52% [{{best}}]. And", "finish": finish}
    answer = scripted(tmp_path, line).ask(QUESTION)
    assert answer.text == "Refusals fall by 52% [1]. And"
    assert any("cut short" in notice for notice in answer.notices)
    keeps_its_promise(answer)


@pytest.mark.parametrize(
    "line",
    [
        {"reply": ""},
        {"reply": "Well, I", "finish": "failed"},
        {"reply": "Well, I", "finish": "truncated"},
        {"match": "something else", "reply": "x"},
    ],
)
def test_where_nothing_usable_comes_the_papers_are_quoted(tmp_path, line):
    events = list(scripted(tmp_path, line).stream(QUESTION))
    answer = events[-1].answer
    assert answer.mode == "extractive"
    assert "52%" in answer.text
    assert "gave no usable answer" in answer.notices[0]
    assert "scripted:" in answer.notices[0]
    keeps_its_promise(answer)


@pytest.mark.parametrize("behaviour", [server.fails(500), server.stalls, server.is_cut])
def test_an_endpoint_that_is_down_still_leaves_quotes(behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        deadlines = Deadlines(0.3, 0.3, 2.0)
        model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=deadlines, backoff=0.01)
        answer = Assistant(TinyIndex(), model, Settings()).ask(QUESTION)
    assert answer.mode == "extractive"
    assert "openai:m" in answer.notices[0]
    keeps_its_promise(answer)


@pytest.mark.parametrize("behaviour", [server.fails(401), server.html, server.fails(404)])
def test_a_wrong_key_or_address_is_an_error(behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        with pytest.raises(Rejected):
            Assistant(TinyIndex(), model, Settings()).ask(QUESTION)


def test_what_a_model_is_told():
    with server.running() as endpoint:
        endpoint.play(server.normal("Nothing."))
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(TinyIndex(), model, Settings())
        history = [Turn("What about kettles?", "Kettles [1] have limescale.\u202e")]
        assistant.ask("And refusals without retraining?", history=history)
        assistant.ask("What are refusals without retraining?")
    first, second = (exchange.body["messages"] for exchange in endpoint.requests)
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


def test_a_follow_up_is_searched_with_the_question_before_it():
    index = TinyIndex()
    assistant = Assistant(index, ExtractiveModel(EMBEDDER.embed), Settings())
    messages = [
        {"role": "user", "content": "How do sparse chatbots decline fewer questions?"},
        {"role": "assistant", "content": "By switching experts off [1]."},
    ]
    answer = assistant.ask("By how much did it fall?", history=messages)
    assert index.queries == [
        "How do sparse chatbots decline fewer questions? By how much did it fall?"
    ]
    assert answer.rewritten_question == index.queries[0]
    assert answer.question == "By how much did it fall?"
    assert answer.sources[0].paper == EXPERTS


def test_filters_reach_the_index():
    answer = extractive().ask(QUESTION, filters=Filters(pages="two"))
    assert [source.paper.id for source in answer.sources] == ["experts"]


@pytest.mark.parametrize("question", ["", "  \n\t", "\x00\u200b", "x" * 4001])
def test_a_question_must_be_one(question):
    with pytest.raises(ConfigError, match="question is"):
        extractive().ask(question)


def test_control_characters_are_not_part_of_a_question():
    assert extractive().ask("refusals\x00\u202e without\nretraining").question == (
        "refusals without retraining"
    )


@pytest.mark.parametrize(
    "history", [["hello"], [{"role": "user"}], [{"role": "x", "content": "y"}]]
)
def test_a_malformed_history_is_a_clear_error(history):
    with pytest.raises(ConfigError):
        extractive().ask(QUESTION, history=history)


def test_a_long_history_is_bounded():
    with server.running() as endpoint:
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        history = [Turn("q " * 9000, "a " * 9000)] * 50
        Assistant(TinyIndex(), model, Settings()).ask(QUESTION, history=history)
    assert len(endpoint.requests[0].body["messages"][1]["content"]) < 30_000


def test_aask_gives_the_same_answer(tmp_path):
    assistant = scripted(tmp_path, {"reply": "Refusals fall by 52% [{{best}}]."})
    answer = asyncio.run(assistant.aask(QUESTION))
    assert answer.text == assistant.ask(QUESTION).text


def test_errors_come_through_the_event_loop():
    with pytest.raises(ConfigError):
        asyncio.run(extractive().aask(""))


@pytest.mark.parametrize("behaviour", [server.stalls, server.stalls_after_text])
def test_cancelling_a_task_hangs_up_on_the_model(behaviour):
    with server.running() as endpoint:
        endpoint.play(behaviour)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(TinyIndex(), model, Settings())

        async def scenario():
            task = asyncio.create_task(assistant.aask(QUESTION))
            while not endpoint.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        started = time.monotonic()
        asyncio.run(scenario())
        assert endpoint.hung_up.wait(2)
        assert time.monotonic() - started < 5


def test_closing_the_stream_hangs_up_on_the_model():
    with server.running() as endpoint:
        endpoint.play(server.stalls_after_text)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        stream = Assistant(TinyIndex(), model, Settings()).stream(QUESTION)
        for event in stream:
            if isinstance(event, Token):
                break
        stream.close()
        assert endpoint.hung_up.wait(2)


def test_the_loop_is_not_blocked_while_a_model_waits():
    with server.running() as endpoint:
        endpoint.play(lambda exchange: (exchange.stall(0.3), server.normal("x")(exchange)))
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        assistant = Assistant(TinyIndex(), model, Settings())

        async def scenario():
            task = asyncio.create_task(assistant.aask(QUESTION))
            ticks = 0
            while not task.done():
                await asyncio.sleep(0.01)
                ticks += 1
            return ticks

        assert asyncio.run(scenario()) > 10


_connections: list[object] = []
_watching = threading.Event()


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching.is_set() and event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        _connections.append((event, arguments[1:]))


def test_nothing_connects_without_a_language_model():
    sys.addaudithook(_watch)
    _watching.set()
    try:
        extractive().ask(QUESTION)
        assert _connections == []
        with socket.socket() as probe:  # the hook does see connections
            probe.settimeout(0.1)
            probe.connect_ex(("127.0.0.1", 9))
        assert len(_connections) == 1
    finally:
        _watching.clear()
        _connections.clear()


class Says:
    """A model that says what it is told to."""

    spec, mode = "says", "generative"

    def __init__(self, pieces, finish):
        self.pieces, self.finish = pieces, finish

    def stream(self, request):
        keys = [s.key for paper in request.evidence.papers for s in paper.sentences]
        for piece in self.pieces:
            yield piece if isinstance(piece, str) else f"[{keys[piece % len(keys)]}]"
        yield Completion(self.finish)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.integers(0, 8),
            st.sampled_from(
                ["[1]", "[", "]", "1", " ", ". ", "\n", prompts.SENTINEL, "NOT_IN", "[zz99]"]
            ),
            st.sampled_from(["Refusals fall by 52%. ", "Kettles. ", "【", "】", "(a)", "\u202e"]),
            st.text(max_size=8),
        ),
        max_size=20,
    ),
    st.sampled_from(["complete", "truncated", "empty", "failed"]),
)
def test_whatever_a_model_writes_the_answer_keeps_its_promise(pieces, finish):
    assistant = Assistant(TinyIndex(PAPERS), Says(pieces, finish), Settings(), rng=Random(0))
    answer = assistant.ask("Which kettles, refusals and lips does switching experts help?")
    keeps_its_promise(answer)
    assert prompts.SENTINEL not in answer.text
    assert answer.text
