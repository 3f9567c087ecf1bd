"""What is kept of a conversation, by whom, and what a failing disk costs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.ui.asker import INFO, ScriptedAsker
from ui.conversations import ConversationStore
from ui.conversations.types import NotKept
from ui.page import keeping
from ui.page.chat import Handlers
from ui.page.keeping import Keeper
from ui.site import Reader, Site
from ui.view import Conversation

REQUEST: Any = SimpleNamespace(username="")


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """What the page is told."""
    said: list[str] = []
    quiet = SimpleNamespace(Info=lambda text, **_: said.append(text), Warning=said.append)
    monkeypatch.setattr(keeping, "gr", quiet)
    return said


@pytest.fixture
def store(tmp_path) -> Iterator[ConversationStore]:
    opened = ConversationStore.open(tmp_path / "kept.sqlite3")
    yield opened
    opened.close()


def ask(conversation: Conversation, question: str) -> int:
    """An exchange that has ended; its number."""
    begun = conversation.begin(question)
    conversation.put(replace(begun, status="done", text="So it is."))
    return begun.number


def begun(store: ConversationStore, *questions: str) -> tuple[Keeper, Conversation]:
    """A conversation of these questions, all of them kept."""
    keeper, conversation = Keeper(store), Conversation()
    for question in questions:
        keeper.keep("", conversation, ask(conversation, question))
    return keeper, conversation


def questions(store: ConversationStore) -> list[str]:
    """All that is kept, of however many conversations."""
    return [each.question for kept in store.list("") for each in store.load("", kept.id)]


def fail(*_args: object, **_named: object) -> None:
    raise NotKept("the disk is full")


def together(monkeypatch, store: ConversationStore, *names: str) -> None:
    """Lets the first two who call one of these go on at once; one alone after a moment."""
    for name in names:
        monkeypatch.setattr(store, name, meeting(getattr(store, name), threading.Barrier(2)))


def meeting(real: Callable[..., Any], barrier: threading.Barrier) -> Callable[..., Any]:
    def meet(*args: object, **named: object) -> object:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(0.3)
        return real(*args, **named)

    return meet


def test_what_has_ended_is_kept_and_what_runs_is_not(store, told):
    keeper, conversation = begun(store, "One?", "Two?")
    keeper.keep("", conversation, conversation.begin("Three?").number)
    keeper.keep("", conversation, 99)
    assert questions(store) == ["One?", "Two?"]
    assert conversation.kept == {1, 2}
    Keeper(None).keep("", conversation, 3)
    assert not told


@pytest.mark.parametrize("before", [(), ("One?",)])
def test_two_threads_keep_an_exchange_once(store, told, monkeypatch, before):
    keeper, conversation = begun(store, *before)
    number = ask(conversation, "Asked once?")
    together(monkeypatch, store, "start", "keep")
    barrier = threading.Barrier(2)

    def keep() -> None:
        barrier.wait(5)
        keeper.keep("", conversation, number)

    with ThreadPoolExecutor() as threads:
        for running in [threads.submit(keep) for _ in range(2)]:
            running.result()
    assert questions(store) == [*before, "Asked once?"]
    assert len(store.list("")) == 1
    assert len(conversation) == len(questions(store))
    assert not told


def test_stop_keeps_the_answer_once(store, told, monkeypatch):
    asker = ScriptedAsker(delay=0.01)
    handlers = Handlers(Site(lambda _: asker, lambda: INFO, conversations=store))
    conversation, reader, writing = Conversation(), Reader(), threading.Event()
    fields = (None,) * 6
    together(monkeypatch, store, "start", "keep")

    def answer() -> None:
        for _ in handlers.ask(REQUEST, conversation, reader, "Where do facts live?", *fields):
            if conversation.last and conversation.last.status == "writing":
                writing.set()

    with ThreadPoolExecutor() as threads:
        running = threads.submit(answer)
        assert writing.wait(10)
        handlers.stop(conversation, REQUEST)
        running.result()
    (kept,) = store.list("")
    (exchange,) = store.load("", kept.id)
    assert exchange.status == "stopped"
    assert exchange.text
    assert exchange == conversation.last
    assert not told


def test_a_failing_disk_is_told_and_costs_no_answer(store, told, monkeypatch):
    keeper, conversation = begun(store, "One?")
    with monkeypatch.context() as patched:
        for name in ("keep", "drop", "rate"):
            patched.setattr(store, name, fail)
        number = ask(conversation, "Two?")
        keeper.keep("", conversation, number)
        assert not keeper.rate("", conversation, 1, up=True, note="")
        assert [each.question for each in conversation] == ["One?", "Two?"]
        keeper.drop_from("", conversation, 1)
    assert [text.partition(":")[0] for text in told] == [
        f"The conversation could not be {what}" for what in ("kept", "rated", "changed")
    ]
    assert all("the disk is full" in text for text in told)
    assert questions(store) == ["One?"]


def test_what_another_tab_added_is_taken_in_and_told(store, told):
    keeper, one = begun(store, "One?")
    another = store.load("", one.key)
    keeper.keep("", one, ask(one, "Two?"))
    keeper.keep("", another, ask(another, "Three?"))
    assert [each.question for each in another] == questions(store) == ["One?", "Two?", "Three?"]
    assert told == [keeping._ELSEWHERE]


def test_dropping_takes_this_exchange_and_those_after_it(store):
    keeper, conversation = begun(store, "One?", "Two?", "Three?")
    keeper.drop_from("", conversation, 2)
    assert questions(store) == ["One?"]
    assert conversation.kept == {1}
    Keeper(None).drop_from("", conversation, 1)
    assert not conversation.last


def test_what_was_not_kept_takes_and_rates_nothing_of_another_tab(store, told, monkeypatch):
    keeper, one = begun(store, "One?")
    another = store.load("", one.key)
    with monkeypatch.context() as patched:
        patched.setattr(store, "keep", fail)
        number = ask(one, "Never kept?")
        keeper.keep("", one, number)
    keeper.keep("", another, ask(another, "Of the other tab?"))
    assert another.last is not None and another.last.number == number
    assert not keeper.rate("", one, number, up=False, note="")
    assert not list(store.ratings(None))
    keeper.drop_from("", one, number)
    assert questions(store) == ["One?", "Of the other tab?"]


def test_ratings_are_of_what_was_kept_from_here(store):
    keeper, conversation = begun(store, "One?")
    assert keeper.rate("", conversation, 1, up=True, note="Good.")
    assert [(each.number, each.note) for each in store.ratings(None)] == [(1, "Good.")]
    assert not keeper.rate("", conversation, 2, up=True, note="")
    assert not Keeper(None).rate("", conversation, 1, up=True, note="")
