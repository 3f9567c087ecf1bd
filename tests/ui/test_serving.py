"""Who answers whom: a reader's settings over the page's, and assistants that come and go."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from index.errors import ConfigError, ModelError
from index.store import PaperIndex
from rag.assistant import Assistant
from rag.models.openai import OpenAIChatModel
from rag.settings import Settings
from rag.types import Event, Finished
from rag.wiring import build_assistant, open_index
from tests import endpoint as server
from tests.ui.asker import HALLUCINATE, POST_TRAINING, TULU
from ui.serving import MOST_KEPT, OFFLINE, Assistants, settings_of, site_over
from ui.site import INSTEAD, Reader, Site

KEY = "sk-reader-0123456789abcdef"
OWN = "sk-page-fedcba9876543210"
THERE = "http://127.0.0.1:9/v1"
QUESTION = "Why must calibrated language models hallucinate?"
BASE = Settings(model="openai:one", api_key=OWN, prices="1,2", judge="openai:two")


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Iterator[PaperIndex]:
    store = str(tmp_path_factory.mktemp("store"))
    with open_index(Settings(store=store, embedder="hash"), sample=False) as opened:
        papers = (HALLUCINATE, POST_TRAINING, TULU)
        opened.add([replace(paper, id=f"p{n}") for n, paper in enumerate(papers)])
        yield opened


@pytest.fixture
def endpoint() -> Iterator[server.Endpoint]:
    with server.running() as running:
        yield running


def site(index: PaperIndex, **settings: object) -> tuple[Site, Assistant]:
    started = build_assistant(Settings(**settings), index=index)
    return site_over(started, index), started


def ask(site: Site, reader: Reader) -> list[Event]:
    return list(site.asker(reader).stream(QUESTION, history=(), filters=None))


def test_the_default_reader_has_what_the_page_was_started_with():
    assert settings_of(Reader(), BASE) == BASE
    assert settings_of(Reader(model="openai:one"), BASE) == BASE


def test_a_reader_changes_what_a_reader_may():
    reader = Reader(key=KEY, length="long", strictness="strict", unsupported="show")
    ours = settings_of(reader, BASE)
    manner = {"length": "long", "strictness": "strict", "unsupported": "show"}
    assert ours == replace(BASE, api_key=KEY, **manner)


def test_the_pages_own_key_prices_and_judge_stay_with_its_endpoint():
    ours = settings_of(Reader(base_url=THERE), BASE)
    assert (ours.base_url, ours.api_key, ours.prices, ours.judge) == (THERE, None, None, None)
    assert settings_of(Reader(base_url=THERE, key=KEY), BASE).api_key == KEY
    own = replace(BASE, base_url=THERE)
    assert settings_of(Reader(base_url=THERE), own) == own
    assert settings_of(Reader(base_url=f"{THERE}x"), own).api_key is None
    assert settings_of(Reader(model="openai:other"), BASE).prices is None
    assert settings_of(Reader(base_url="https://api.openai.com/v1"), BASE) == BASE


def test_quotes_only_asks_no_language_model_for_anything():
    ours = settings_of(Reader(model="extractive", key=KEY, base_url=THERE), BASE)
    assert (ours.model, ours.judge) == ("extractive", None)
    assert ours == settings_of(Reader(model="extractive"), BASE)


@pytest.mark.parametrize("model", ["scripted:/etc/hostname", "nonsense", "fastembed:x"])
def test_a_model_that_reads_a_file_cannot_be_chosen(model):
    with pytest.raises(ConfigError, match="can be chosen here"):
        settings_of(Reader(model=model), BASE)


def test_offline_no_network_model_and_it_says_why(index):
    over, _ = site(index, offline=True)
    assert over.start is not None and over.start.offline
    for call in (over.asker, over.models):
        with pytest.raises(ConfigError) as caught:
            call(Reader(model="openai:one", base_url=THERE, key=KEY))
        assert str(caught.value) == OFFLINE
    assert isinstance(ask(over, Reader(length="short"))[-1], Finished)


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        (Reader(model="openai:one"), "The model one needs a key, or an address;"),
        (Reader(model="openai:one", base_url="localhost"), "The address must look like http://"),
        (Reader(base_url="localhost"), "The address must look like http://"),
        (Reader(model="openai:one", key="sk abc"), "The key holds spaces"),
        (Reader(length="endless"), "Length must be one of"),
    ],
)
def test_wrong_settings_are_told_in_the_pages_words(index, reader, told):
    over, _ = site(index)
    with pytest.raises(ConfigError) as caught:
        over.asker(reader)
    said = str(caught.value)
    assert said.startswith(told)
    assert not [word for word in ("OPENAI_", "--model", "sk abc") if word in said]


def test_a_reader_sees_the_model_that_answers(index):
    over, _ = site(index, model="openai:one", base_url=THERE)
    assert (over.seen_by(Reader()).model, over.seen_by(Reader()).mode) == (
        "openai:one",
        "generative",
    )
    assert over.seen_by(Reader(model="extractive")).mode == "extractive"
    other = over.seen_by(Reader(model="openai:b"))
    assert (other.model, other.mode, other.papers) == ("openai:b", "generative", 3)


def test_what_the_page_was_started_with_is_told_without_its_secrets(index):
    over, _ = site(index, model="openai:one", api_key=OWN, base_url="http://me:pass@127.0.0.1/v1")
    assert over.start is not None and over.start.has_key
    assert OWN not in repr(over.start) and "pass" not in repr(over.start)
    assert (over.start.unsupported, over.start.length) == ("withhold", "normal")
    lenient, _ = site(index, strictness="lenient")
    assert lenient.start is not None and lenient.start.unsupported == "show"


# Assistants that come and go


class Closing:
    """Counts what is closed."""

    def __init__(self, monkeypatch) -> None:
        self.closed: list[Assistant] = []
        close = Assistant.close

        def counted(assistant: Assistant) -> None:
            self.closed.append(assistant)
            close(assistant)

        monkeypatch.setattr(Assistant, "close", counted)


@pytest.fixture
def closing(monkeypatch) -> Closing:
    return Closing(monkeypatch)


def settings(n: int) -> Settings:
    return Settings(max_output_tokens=n)


def test_settings_are_built_for_once_and_the_started_one_is_used(index):
    started = build_assistant(Settings(), index=index)
    assistants = Assistants(started, index)
    with assistants.lend(replace(Settings(), unsupported="withhold")) as first:
        assert first is started
    with assistants.lend(settings(7)) as first, assistants.lend(settings(7)) as second:
        assert first is second is not started


def test_the_least_used_falls_out_and_is_closed(index, closing):
    assistants = Assistants(build_assistant(Settings(), index=index), index, keep=2)
    with assistants.lend(settings(1)) as first:
        pass
    with assistants.lend(settings(2)) as second, assistants.lend(settings(1)):
        pass
    assert closing.closed == []
    with assistants.lend(settings(3)):
        pass
    assert closing.closed == [second]
    with assistants.lend(settings(1)) as again:
        assert again is first


def test_one_that_answers_is_closed_only_afterwards(index, closing):
    assistants = Assistants(build_assistant(Settings(), index=index), index, keep=1)
    with assistants.lend(settings(1)) as busy:
        with assistants.lend(settings(1)), assistants.lend(settings(2)):
            assert closing.closed == []
        assert closing.closed == []
    assert closing.closed == [busy]


def test_a_stream_that_is_left_gives_its_assistant_back(index, closing):
    assistants = Assistants(build_assistant(Settings(), index=index), index, keep=1)
    events = assistants.asker(Reader(length="long")).stream(QUESTION, history=(), filters=None)
    next(events)
    assistants.asker(Reader(length="short")).stream(QUESTION, history=(), filters=None)
    with assistants.lend(settings(1)):
        assert closing.closed == []
        events.close()
        assert len(closing.closed) == 1
    assert index.count() == 3  # and the index is open


def test_building_takes_no_time(index):
    assistants = Assistants(build_assistant(Settings(), index=index), index)
    took = []
    for n in range(2 * MOST_KEPT):
        began = time.perf_counter()
        with assistants.lend(Settings(model="openai:m", api_key=KEY, max_output_tokens=1 + n)):
            took.append(time.perf_counter() - began)
    assert sorted(took)[MOST_KEPT] < 0.02


# Endpoints


def test_an_answer_is_asked_of_the_readers_endpoint_and_what_it_took_is_noted(index, endpoint):
    endpoint.play(server.normal("They say so.", cost=0.25))
    over, _ = site(index)
    reader = Reader(model="openai:one", base_url=endpoint.base_url, key=KEY)
    assert isinstance(ask(over, reader)[-1], Finished)
    assert endpoint.requests[0].headers["authorization"] == f"Bearer {KEY}"
    (spent,) = reader.spent
    calls = len(endpoint.requests)
    assert (spent.usage.prompt_tokens, spent.cost_usd) == (11 * calls, 0.25 * calls)
    ask(over, Reader(spent=reader.spent))
    assert len(reader.spent) == 1  # quotes take nothing


def test_a_reader_of_another_endpoint_does_not_bring_the_pages_key(index, endpoint):
    endpoint.play(server.normal("They say so."))
    over, _ = site(index, model="openai:one", api_key=OWN, base_url=THERE)
    ask(over, Reader(base_url=endpoint.base_url))
    endpoint.play(lambda exchange: exchange.status(200, b'{"data": []}'))
    over.models(Reader(base_url=endpoint.base_url))
    assert OWN not in str([request.headers for request in endpoint.requests])


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (server.fails(401, f"no such key: {KEY}"), "refused the key; check the key on the Sett"),
        (server.fails(404, "no such model"), "knows no such model or address; check its name"),
    ],
)
def test_trouble_says_what_to_do_and_not_the_key(index, endpoint, behaviour, told):
    endpoint.play(behaviour)
    over, _ = site(index)
    reader = Reader(model="openai:one", base_url=endpoint.base_url, key=KEY)
    with pytest.raises(ModelError, match=told) as caught:
        ask(over, reader)
    assert str(caught.value).endswith(INSTEAD)
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(reader)


def test_where_nobody_is_quotes_answer_and_it_says_so(index):
    over, _ = site(index)
    finished = ask(over, Reader(model="openai:one", base_url=THERE))[-1]
    assert isinstance(finished, Finished) and finished.answer.mode == "extractive"
    assert "could not be reached; check that it runs" in finished.answer.notices[0]
    assert "OPENAI" not in "".join(finished.answer.notices)


def test_what_should_never_happen_is_not_told_with_the_key(index, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError(f"Bearer {KEY} cannot be sent")

    monkeypatch.setattr(OpenAIChatModel, "stream", broken)
    over, _ = site(index)
    with pytest.raises(RuntimeError) as caught:
        ask(over, Reader(model="openai:one", base_url=THERE, key=KEY))
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_the_models_are_the_endpoints_and_no_key_is_among_them(index, endpoint):
    names = ["b", "a", f"model-{KEY}"]
    said = json.dumps({"data": [{"id": name} for name in names]}).encode()
    endpoint.play(lambda exchange: exchange.status(200, said))
    over, _ = site(index)
    assert over.models is not None
    assert over.models(Reader(base_url=endpoint.base_url, key=KEY)) == ("a", "b")
    with pytest.raises(ConfigError, match="fill in its address"):
        over.models(Reader())
    endpoint.play(server.fails(401, KEY))
    with pytest.raises(ModelError, match="check the key on the Settings tab") as caught:
        over.models(Reader(base_url=endpoint.base_url, key=KEY))
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_on_a_shared_page_nobody_names_an_address_for_it_to_ask(index):
    started = build_assistant(BASE, index=index)
    assistants = Assistants(started, index, shared=True)
    for ask in (assistants.asker, assistants.models):
        with pytest.raises(ConfigError, match="stays the one that it was started with"):
            ask(Reader(model="openai:one", base_url="http://127.0.0.1:9/admin", key=KEY))
    assert assistants.asker(Reader(length="short"))
    started.close()
