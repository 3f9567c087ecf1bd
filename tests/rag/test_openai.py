"""The gateway to language models, against a real server that behaves badly."""

import importlib
import json
import logging
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import openai
import pytest

from index.errors import ModelError, ModelTimeout, RateLimited, Rejected, TooLong, Unreachable
from index.openai_errors import TABLE, asked_to_wait, translate
from rag.cancellation import Cancellation
from rag.models import ChatRequest, Completion, Message
from rag.models.budget import smaller_budget
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.types import Usage
from tests import endpoint as server
from tests.rag.corpus import evidence

KEY = "sk-test-0123456789abcdef"
QUICK = Deadlines(first=1.0, between=0.5, total=4.0)


@pytest.fixture
def endpoint():
    with server.running() as running:
        yield running


@pytest.fixture
def model(endpoint):
    model = OpenAIChatModel(
        "m", api_key=KEY, base_url=endpoint.base_url, deadlines=QUICK, backoff=0.01
    )
    yield model
    model.close()


def ask(**changes) -> ChatRequest:
    messages = (Message("system", "be good"), Message("user", "why?"))
    return ChatRequest(
        **{"question": "why?", "evidence": evidence(), "messages": messages} | changes
    )


def reply(model, **changes) -> tuple[str, Completion]:
    *pieces, last = model.stream(ask(**changes))
    return "".join(pieces), last


def test_a_normal_reply_with_its_usage(endpoint, model):
    endpoint.play(server.normal("one two three"))
    text, last = reply(model)
    assert (text.split(), last.finish) == (["one", "two", "three"], "complete")
    assert last.usage == Usage(11, 7)
    sent = endpoint.requests[0]
    assert sent.body["messages"][0] == {"role": "system", "content": "be good"}
    assert sent.body["stream_options"] == {"include_usage": True}
    assert sent.headers["authorization"] == f"Bearer {KEY}"


def test_no_key_is_needed_with_a_base_url(endpoint):
    assert reply(OpenAIChatModel("m", base_url=endpoint.base_url))[1].finish == "complete"


def test_a_server_that_leaves_the_finish_reason_out_is_complete(endpoint, model):
    endpoint.play(server.normal("fine", finish=None))
    assert reply(model)[1].finish == "complete"


def test_a_finish_reason_without_done_is_complete(endpoint, model):
    endpoint.play(server.normal("fine", done=False))
    assert reply(model)[1].finish == "complete"


def test_a_server_that_cannot_stream(endpoint, model):
    endpoint.play(server.whole)
    assert reply(model) == ("All at once.", Completion("complete", Usage(3, 4)))


@pytest.mark.parametrize(
    ("behaviour", "finish", "words"),
    [
        (server.is_cut, "truncated", "connection ended"),
        (server.normal("long", finish="length"), "truncated", "limit"),
        (server.normal("bad", finish="content_filter"), "truncated", "filtered"),
        (server.breaks, "failed", "broke the connection"),
        (server.malformed, "failed", "no JSON"),
        (server.stalls_after_text, "failed", "stopped in the middle"),
        (server.empty, "empty", "no text"),
    ],
)
def test_replies_that_end_badly_say_how(endpoint, model, behaviour, finish, words):
    endpoint.play(behaviour)
    _, last = reply(model)
    assert last.finish == finish
    assert words in last.detail


@pytest.mark.parametrize(
    ("behaviour", "kind", "requests", "words"),
    [
        (server.html, Rejected, 1, "text/html.*OPENAI_BASE_URL"),
        (server.fails(401), Rejected, 1, "OPENAI_API_KEY"),
        (server.fails(403), Rejected, 1, "does not let"),
        (server.fails(404), Rejected, 1, "no such model"),
        (server.fails(413), TooLong, 1, "as much at once"),
        (server.fails(418), Rejected, 1, "refused the request"),
        (server.fails(429), RateLimited, 3, "slow down"),
        (server.fails(500), Unreachable, 3, "failed on its side"),
        (server.stalls, ModelTimeout, 1, "sent no text"),
        (server.drips, ModelTimeout, 1, "sent no text"),
        (server.error_event, Unreachable, 1, "out of memory"),
    ],
)
def test_failures_before_the_first_text_raise(endpoint, model, behaviour, kind, requests, words):
    endpoint.play(behaviour)
    with pytest.raises(kind, match=words):
        list(model.stream(ask()))
    assert len(endpoint.requests) == requests


def test_nobody_there():
    model = OpenAIChatModel("m", base_url="http://127.0.0.1:9/v1", deadlines=QUICK, backoff=0.01)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9.*could not be reached"):
        list(model.stream(ask()))


def test_it_tries_again_and_waits_as_long_as_asked(endpoint, model):
    endpoint.play(server.fails(429, retry_after="0.3"), server.fails(503), server.normal("there"))
    started = time.monotonic()
    assert reply(model)[0].strip() == "there"
    assert time.monotonic() - started >= 0.3
    assert len(endpoint.requests) == 3


def test_it_does_not_wait_longer_than_it_may(endpoint, model):
    endpoint.play(server.fails(429, retry_after="3600"))
    started = time.monotonic()
    with pytest.raises(RateLimited):
        list(model.stream(ask()))
    assert time.monotonic() - started < 2
    assert len(endpoint.requests) == 1


def test_retry_after_as_a_date():
    class Error(Exception):
        class response:  # noqa: N801
            headers = {"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=30))}  # noqa: RUF012

    assert 25 < asked_to_wait(Error()) <= 30
    Error.response.headers = {"retry-after": "soon"}
    assert asked_to_wait(Error()) is None


@pytest.mark.parametrize("parameter", ["stream_options", "temperature", "max_tokens"])
def test_a_parameter_that_is_refused_is_left_out(endpoint, model, parameter):
    endpoint.play(server.without(parameter))
    assert reply(model)[0].strip() == "Fine."
    assert reply(model)[0].strip() == "Fine."
    assert len(endpoint.requests) == 3  # refused once, remembered after
    assert parameter not in endpoint.requests[-1].body
    if parameter == "max_tokens":
        assert endpoint.requests[-1].body["max_completion_tokens"] > 1_200


@pytest.mark.parametrize(
    "message",
    [
        "Unrecognized request argument supplied: temperature",
        "'temperature' does not support 0 with this model.",
        "{'loc': ['body', 'temperature'], 'msg': 'Extra inputs are not permitted'}",
        "Unknown parameter: temperature; max_tokens is fine",
        "Invalid parameter temperature",
    ],
)
def test_only_what_is_refused_by_name_is_left_out(endpoint, model, message):
    endpoint.play(server.fails(400, message), server.normal("Fine."))
    assert reply(model)[0].strip() == "Fine."
    first, second = (exchange.body for exchange in endpoint.requests)
    assert first.keys() - second.keys() == {"temperature"}


def test_a_refusal_that_names_nothing_is_remembered_once_it_is_proven(endpoint, model):
    endpoint.play(server.fails(400, "bad request"), server.normal("Fine."))
    for _ in range(2):
        assert reply(model)[0].strip() == "Fine."
    assert len(endpoint.requests) == 3
    assert not {"stream_options", "temperature"} & endpoint.requests[-1].body.keys()


@pytest.mark.parametrize(
    ("message", "requests"),
    [
        ("the context is too long", 1),
        ("no idea", 2),
        ("max_tokens is too large: 1200. This model supports at most 1000 tokens.", 1),
        ("Unsupported parameter: 'temperature'", 3),
    ],
)
def test_a_bad_request_that_no_change_helps_teaches_nothing(endpoint, model, message, requests):
    endpoint.play(server.fails(400, message))
    with pytest.raises(Rejected, match=message[-10:]):
        list(model.stream(ask()))
    assert len(endpoint.requests) <= requests
    endpoint.play(server.normal("Fine."))
    assert reply(model)[0].strip() == "Fine."
    assert endpoint.requests[-1].body.keys() == endpoint.requests[0].body.keys()


TOO_LONG = [
    (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in "
        "9021 tokens. Please reduce the length of the messages.",
        8192,
    ),
    ("the request exceeds the available context size. try increasing the context size", None),
    ("prompt is too long: 213462 tokens > 200000 maximum", 200_000),
    (
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        None,
    ),
    ("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097.", 4097),
    ("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", None),
    ("'max_tokens' is too large: 4096. This model's maximum context length is 4,096 tokens", 4096),
    ("too many tokens: size limit exceeded by 11326 tokens", None),
]


@pytest.mark.parametrize(("message", "limit"), TOO_LONG)
def test_a_request_that_the_model_cannot_read_is_told_from_others(endpoint, model, message, limit):
    endpoint.play(server.fails(400, message))
    with pytest.raises(TooLong, match="max_context_tokens") as caught:
        list(model.stream(ask()))
    assert caught.value.limit == limit
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "the context is too long"),
        (400, "max_tokens is too large: 1200. This model supports at most 1000 tokens."),
        (400, "the model name is too long"),
        (400, "unknown message role"),
    ],
)
def test_what_a_shorter_request_would_not_help_is_no_length_error(endpoint, model, status, message):
    endpoint.play(server.fails(status, message))
    with pytest.raises(Rejected) as caught:
        list(model.stream(ask()))
    assert not isinstance(caught.value, TooLong)


def test_a_length_error_within_the_stream(endpoint, model):
    def says(exchange):
        exchange.begin()
        exchange.raw('data: {"error": {"message": "context_length_exceeded"}}\n\n')

    endpoint.play(says)
    with pytest.raises(TooLong):
        list(model.stream(ask()))


def test_the_budget_shrinks_until_it_fits_or_is_not_worth_a_try(endpoint, model):
    endpoint.play(server.too_long_beyond(9_000))
    budget, tried = 12_000, []
    while budget is not None:
        tried.append(budget)
        try:
            text, _ = reply(model, messages=(Message("user", "x" * (budget * 4)),))
            break
        except TooLong as error:
            budget = smaller_budget(budget, error, reply_tokens=1_200)
    assert tried == [12_000, 4_653, 2_326, 1_163]
    assert text.strip() == "Fine."
    assert smaller_budget(700, TooLong("x"), 1_200) is None
    assert smaller_budget(5_000, TooLong("x", 512), 1_200) == 400
    assert smaller_budget(400, TooLong("x", 512), 1_200) is None


@pytest.mark.parametrize(
    ("cost", "known"),
    [(0.0042, 0.0042), (0, 0.0), (None, None), ("0.1", None), (-1, None), (True, None)],
)
def test_the_cost_that_an_endpoint_reports(endpoint, model, cost, known):
    endpoint.play(server.normal("fine", cost=cost))
    last = reply(model)[1]
    assert (last.cost_usd, last.usage) == (known, Usage(11, 7))


def test_reasoning_that_comes_apart_from_the_text_is_not_shown(endpoint, model):
    def thinks(exchange):
        exchange.begin()
        for name in ("reasoning_content", "reasoning"):
            choice = {"index": 0, "delta": {name: "Hm.", "content": None}}
            exchange.raw(f"data: {json.dumps({'choices': [choice]})}\n\n")
        exchange.say("So.")
        exchange.end()

    endpoint.play(thinks)
    assert reply(model)[0] == "So."


def test_an_endless_reply_is_cut(endpoint, model):
    endpoint.play(server.huge)
    text, last = reply(model, max_tokens=50)
    assert len(text) == 400
    assert last.finish == "truncated"
    assert endpoint.hung_up.wait(5)


def test_the_total_deadline_holds_however_busy_the_server_is(endpoint):
    def talks_on(exchange):
        exchange.begin()
        while not exchange.endpoint.stopping.is_set():
            exchange.say("x")
            time.sleep(0.02)

    endpoint.play(talks_on)
    deadlines = Deadlines(first=0.3, between=0.3, total=0.6)
    model = OpenAIChatModel("m", base_url=endpoint.base_url, deadlines=deadlines)
    started = time.monotonic()
    assert reply(model)[1].finish == "failed"
    assert time.monotonic() - started < 1.5
    assert endpoint.hung_up.wait(5)


def test_closing_hangs_up_between_tokens(endpoint, model):
    endpoint.play(server.stalls_after_text)
    stream = model.stream(ask())
    assert next(stream) == "Begun "
    stream.close()
    assert endpoint.hung_up.wait(2)


@pytest.mark.parametrize("behaviour", [server.stalls, server.stalls_after_text])
def test_cancelling_from_another_thread_hangs_up_at_once(endpoint, behaviour):
    endpoint.play(behaviour)
    model = OpenAIChatModel("m", base_url=endpoint.base_url)  # patient: a minute and more
    cancellation = Cancellation()
    threading.Timer(0.2, cancellation.cancel).start()
    started = time.monotonic()
    *_, last = model.stream(ask(cancellation=cancellation))
    assert (last.finish, last.detail) == ("failed", "cancelled")
    assert endpoint.hung_up.wait(5)
    assert time.monotonic() - started < 10


def test_a_key_that_the_server_repeats_shows_nowhere(endpoint, model, caplog):
    caplog.set_level(logging.DEBUG)
    endpoint.play(server.fails(401, f"Incorrect API key provided: {KEY}"))
    with pytest.raises(Rejected) as caught:
        list(model.stream(ask()))
    chain = "".join(traceback.format_exception(caught.value))
    cause = caught.value.__cause__
    assert isinstance(cause, openai.AuthenticationError)
    for text in (chain, repr(caught.value), repr(cause), str(cause.body), repr(model), caplog.text):
        assert KEY not in text
    assert "key removed" in str(caught.value)


def test_a_key_that_the_server_repeats_in_an_event_shows_nowhere(endpoint, model):
    def repeats(exchange):
        exchange.begin()
        exchange.raw(f'data: {{"error": {{"message": "bad key {KEY}"}}}}\n\n')

    endpoint.play(repeats)
    with pytest.raises(ModelError) as caught:
        list(model.stream(ask()))
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_every_exception_of_the_client_and_its_transport_is_mapped():
    transport = importlib.import_module("httpx2" if openai.VERSION >= "3" else "httpx")
    errors = {
        value
        for module in (openai, transport)
        for value in [getattr(module, name) for name in dir(module)]
        if isinstance(value, type) and issubclass(value, Exception)
    }
    unmapped = [e.__name__ for e in errors if not TABLE.keys() & {b.__name__ for b in e.__mro__}]
    assert unmapped == []
    assert len(errors) > 30


def test_a_fault_of_our_own_is_not_dressed_up():
    assert translate(KeyError("x"), "The model", ()) is None
