"""Settings become parts; what can't work is said before anything is opened."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import rag
from index.errors import ConfigError
from index.lock import writing
from index.store import PaperIndex
from rag import Answer, Assistant, Settings
from rag.types import Finished
from rag.wiring import (
    FILLING,
    add_sample,
    build_assistant,
    chat_model,
    check_settings,
    needs_sample,
    open_index,
)
from tests.rag.corpus import PAPERS

QUESTION = "Does switching off experts cut refusals without retraining?"


@pytest.fixture
def store(tmp_path) -> str:
    folder = str(tmp_path / "store")
    with open_index(Settings(store=folder, embedder="hash"), sample=False) as index:
        index.add(PAPERS)
    return folder


@pytest.mark.parametrize("spec", ["nothing", "openai", "openai:", "extractive:x", "scripted", ""])
def test_a_spec_that_means_nothing_names_those_that_do(spec):
    with pytest.raises(ConfigError, match="extractive, scripted:FILE, openai:MODEL"):
        chat_model(Settings(model=spec, api_key="k"))


def test_openai_needs_a_key_or_an_address():
    with pytest.raises(ConfigError, match=r"OPENAI_API_KEY.*OPENAI_BASE_URL.*extractive"):
        chat_model(Settings(model="openai:m"))
    assert chat_model(Settings(model="openai:m", api_key="k")).spec == "openai:m"
    assert chat_model(Settings(model="openai:m", base_url="http://h/v1")).spec == "openai:m"


@pytest.mark.parametrize(
    "values",
    [
        {"model": "openai:m", "api_key": "k"},
        {"embedder": "openai:m"},
        {"store": "http://localhost:8000"},
        {"store": "cloud:"},
        {"catalogue": "postgresql://me:secret@host/db"},
    ],
)
def test_offline_refuses_the_network(values):
    with pytest.raises(ConfigError, match="offline") as caught:
        check_settings(Settings(offline=True, **values))
    assert "secret" not in str(caught.value)
    check_settings(Settings(**values))


@pytest.mark.parametrize(
    "values",
    [{"top_papers": 0}, {"timeout": -1.0}, {"max_output_tokens": 0}, {"base_url": "localhost:1"}],
)
def test_values_that_cannot_work_are_refused(values):
    with pytest.raises(ConfigError):
        check_settings(Settings(**values))


def test_a_judge_is_a_language_model(tmp_path):
    with pytest.raises(ConfigError, match="judge extractive: a language model is needed"):
        build_assistant(Settings(store=str(tmp_path), judge="extractive"))


def test_the_real_store_answers(store):
    assistant = build_assistant(Settings(store=store))
    try:
        assert isinstance(assistant.index, PaperIndex)
        answer = assistant.ask(QUESTION)
    finally:
        assistant.close()
    assert "52%" in answer.text
    assert {source.paper.id for source in answer.sources} == {p.id for p in PAPERS}


def test_an_assistant_closes_only_the_store_that_it_opened(store):
    with open_index(Settings(store=store), sample=False) as index:
        settings = Settings(model="openai:m", base_url="http://127.0.0.1:9/v1")
        for assistant in (
            build_assistant(Settings(), index=index),
            build_assistant(replace(settings, cache=True), index=index),
            Assistant(index, chat_model(Settings()), Settings()),
        ):
            assistant.close()
            assistant.close()
        assert "52%" in build_assistant(Settings(), index=index).ask(QUESTION).text
    own = build_assistant(Settings(store=store))
    close, closed = own.index.close, []
    own.index.close = lambda: closed.append(close())
    own.close()
    assert closed == [None]


def test_an_assistant_over_an_open_store_is_made_in_no_time(store):
    with open_index(Settings(store=store), sample=False) as index:
        settings = Settings(model="openai:m", base_url="http://127.0.0.1:9/v1", judge="openai:j")
        build_assistant(settings, index=index)  # imports what is not yet
        taken = []
        for _ in range(9):
            started = time.perf_counter()
            build_assistant(settings, index=index)
            taken.append(time.perf_counter() - started)
    assert sorted(taken)[4] < 0.02


_WARMED = """
import sys
from rag import Settings
from rag.wiring import build_assistant, open_index, warm

settings = Settings(model="openai:m", base_url="http://127.0.0.1:9/v1", judge="openai:j")
with open_index(Settings(store=sys.argv[1]), sample=False) as index:
    warm(index, settings)
    loaded = set(sys.modules)
    print(build_assistant(Settings(), index=index).ask(sys.argv[2]).text)
    print(sorted(set(sys.modules) - loaded), file=sys.stderr)
"""


def test_warming_leaves_the_first_question_nothing_to_load_and_asks_no_endpoint(store):
    command = [sys.executable, "-c", _WARMED, store, QUESTION]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "52%" in ran.stdout
    assert ran.stderr.splitlines()[-1] == "[]"


def test_assistants_over_one_store_answer_from_many_threads_as_from_one(store):
    questions = [
        QUESTION,
        "How many hours of video does LipSet have?",
        "List all papers about lip reading",
        "How many papers are here?",
        "What is limescale?",
    ]
    with open_index(Settings(store=store), sample=False) as index:

        def text(length, question):
            return build_assistant(Settings(length=length), index=index).ask(question).text

        lengths = ("short", "long")
        alone = {(le, q): text(le, q) for le in lengths for q in questions}
        shared = {le: build_assistant(Settings(length=le), index=index) for le in lengths}
        asked = [pair for pair in alone for _ in range(4)]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda pair: shared[pair[0]].ask(pair[1]).text, asked))
            for assistant in shared.values():
                pool.submit(assistant.close)
        assert found == [alone[pair] for pair in asked]
        assert text("short", QUESTION) == alone["short", QUESTION]


def test_a_new_named_store_is_filled_unless_the_sample_is_not_wanted(tmp_path):
    settings = Settings(store=str(tmp_path / "s"), embedder="hash")
    with open_index(settings, sample=False) as index:
        assert index.count() == 0
    with open_index(settings) as index:
        assert index.count() == 362


def test_an_interrupted_first_use_is_made_good_by_the_next(tmp_path):
    settings = Settings(store=str(tmp_path / "s"), embedder="hash")

    def interrupt(state):
        if state.committed:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_index(settings, progress=interrupt)
    with open_index(settings, sample=False) as index:
        assert 0 < index.count() < 362
        assert needs_sample(index, settings)
    with open_index(settings) as index:
        assert index.count() == 362
        assert not needs_sample(index, settings)
    assert not (tmp_path / "s" / FILLING).exists()


def test_two_that_fill_a_store_at_once_wait_for_each_other(tmp_path):
    settings = Settings(store=str(tmp_path / "s"), embedder="hash")
    with open_index(settings, sample=False) as index:
        (tmp_path / "s" / FILLING).touch()
        locked, counts = threading.Event(), []

        def fill():
            with writing(tmp_path / "s", wait=5):
                locked.set()
                time.sleep(2.5)  # longer than a store waits for its lock
            add_sample(index)

        other = threading.Thread(target=fill)
        other.start()
        assert locked.wait(5)
        with open_index(settings) as late:
            counts.append(late.count())
        other.join()
    assert counts == [362]


def test_the_default_store_starts_with_the_sample(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    seen = []
    with open_index(Settings(embedder="hash"), progress=seen.append) as index:
        assert index.count() == 362
    assert seen
    with open_index(Settings(embedder="hash"), progress=pytest.fail) as index:
        assert index.delete(index.ids())
    with open_index(Settings(embedder="hash"), progress=pytest.fail) as index:
        assert index.count() == 0


def test_the_module_keeps_one_assistant_for_the_same_settings(store):
    settings = Settings(store=store)
    try:
        answer = rag.ask(QUESTION, settings=settings)
        events = list(rag.stream(QUESTION, settings=settings))
        again = asyncio.run(rag.aask(QUESTION, settings=settings))

        async def last():
            return [event async for event in rag.astream(QUESTION, settings=settings)][-1]

        assert isinstance(answer, Answer)
        assert isinstance(events[-1], Finished)
        assert isinstance(asyncio.run(last()), Finished)
        assert answer.text == events[-1].answer.text == again.text
        assert len(rag._assistants) == 1
    finally:
        rag._close_all()
    assert rag._assistants == {}


def test_importing_is_light_and_the_names_are_these():
    code = (
        "import json, sys, rag; print(json.dumps([sorted(rag.__all__), "
        "[m for m in ('openai', 'chromadb', 'llama_index', 'gradio', 'httpx', 'onnxruntime', "
        "'tantivy', 'sqlalchemy') if m in sys.modules]]))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    names, heavy = json.loads(output)
    assert names == sorted(
        [
            "Answer",
            "Assistant",
            "Citation",
            "Filters",
            "PaperchatError",
            "Settings",
            "Turn",
            "aask",
            "ask",
            "astream",
            "stream",
        ]
    )
    assert heavy == []
