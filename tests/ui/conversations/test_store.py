"""Conversations are there again as they were, and nobody else's."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ui.conversations import exchanges as drawn
from tests.ui.conversations.exchanges import ANSWER, failed, finished, stopped
from ui.conversations import ConversationStore, NotKept
from ui.conversations.packing import UNREADABLE
from ui.view import Conversation


def begun(store: ConversationStore, user: str = "", *kept) -> str:
    conversation = store.start(user)
    for exchange in kept or (finished(1),):
        store.keep(user, conversation, exchange)
    return conversation


@contextmanager
def changing(folder):
    """The file as another program changes it."""
    with closing(sqlite3.connect(folder / "c.sqlite3")) as connection, connection:
        yield connection


def titles(store: ConversationStore, user: str = "", **how) -> list[str]:
    return [summary.title for summary in store.list(user, **how)]


def test_a_conversation_is_loaded_as_it_was_and_goes_on(store):
    kept = (finished(1), stopped(2), failed(4), finished(5))
    loaded = store.load("", begun(store, "", *kept))
    assert tuple(loaded) == kept
    assert [turn.question for turn in loaded.history()] == ["What is merging?"] * 2
    assert loaded.history() == Conversation(kept).history()
    assert loaded.begin("next?").number == 6


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    opened = ConversationStore.open(tmp_path_factory.mktemp("shared") / "c.sqlite3")
    yield opened
    opened.close()


@given(kept=st.lists(drawn.exchanges, max_size=3, unique_by=lambda e: e.number))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_loaded_equals_what_was_kept(shared, kept):
    conversation = shared.start("")
    for exchange in kept:
        shared.keep("", conversation, exchange)
    assert tuple(shared.load("", conversation)) == tuple(sorted(kept, key=lambda e: e.number))


def test_conversations_are_there_after_a_restart(tmp_path):
    path = tmp_path / "c.sqlite3"
    store = ConversationStore.open(path)
    conversation = begun(store)
    store.close()
    again = ConversationStore.open(path)
    assert tuple(again.load("", conversation)) == (finished(1),)
    assert titles(again) == ["What is merging?"]
    again.close()


def test_the_latest_is_listed_first_and_empty_ones_are_not(store):
    first, second = begun(store, "", finished(1, "One?")), begun(store, "", finished(1, "Two?"))
    store.start("")
    assert titles(store) == ["Two?", "One?"]
    store.keep("", first, finished(2, "Three?"))
    (one, two) = store.list("")
    assert (one.id, one.title, one.turns) == (first, "One?", 2)
    assert (two.id, two.turns) == (second, 1)
    assert one.updated > two.updated
    assert one.updated.tzinfo is not None
    assert titles(store, limit=1) == ["One?"]
    store.drop("", second, [1])
    assert titles(store) == ["One?"]


def test_searching_finds_words_in_titles_questions_and_answers_in_any_case(store):
    named = begun(store, "", finished(1, "Über Äpfel?"))
    store.rename("", named, "ΟΔΟΣ")
    begun(store, "", failed(1, "100% of_it?"))
    assert titles(store, search="äpfel") == ["ΟΔΟΣ"]
    assert titles(store, search="οδοσ") == ["ΟΔΟΣ"]
    assert titles(store, search="WEIGHTS äpf") == ["ΟΔΟΣ"]
    assert titles(store, search="weights 100") == []
    assert titles(store, search="0%") == ["100% of_it?"]
    assert titles(store, search="f_") == ["100% of_it?"]
    assert titles(store, search="%_") == []
    assert len(titles(store, search=" ")) == 2
    assert titles(store, search="\ud800\x00 zzz") == []


def test_an_exchange_takes_the_place_of_the_one_with_its_number(store):
    conversation = begun(store, "", stopped(1))
    store.keep("", conversation, finished(1))
    assert tuple(store.load("", conversation)) == (finished(1),)


def test_what_is_kept_for_the_first_time_takes_nobodys_place(store):
    conversation = begun(store, "", finished(1), finished(2, "One tab?"))
    assert store.keep("", conversation, finished(2, "Another tab?"), first=True) == 3
    assert store.keep("", conversation, finished(4), first=True) == 4
    store.drop("", conversation, [4])
    assert store.keep("", conversation, stopped(4), first=True) == 5  # a rating may be of the 4th
    assert store.keep("", conversation, finished(5), first=False) == 5
    wanted = (finished(1), finished(2, "One tab?"), finished(3, "Another tab?"), finished(5))
    assert tuple(store.load("", conversation)) == wanted


def test_a_running_exchange_is_not_kept(store):
    conversation = store.start("")
    with pytest.raises(ValueError, match="ended"):
        store.keep("", conversation, Conversation().begin("now?"))


def test_dropping_removes_the_end_and_never_frees_its_numbers(store):
    conversation = begun(store, "", finished(1), finished(2), finished(3))
    store.drop("", conversation, (2, 3))
    loaded = store.load("", conversation)
    assert [exchange.number for exchange in loaded] == [1]
    assert loaded.begin("again?").number == 4


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("  What \n is it? ", "What is it?"),
        ("word " * 20, "word " * 11 + "word…"),
        ("a" * 61, "a" * 59 + "…"),
        ("x, " + "a" * 90, "x, " + "a" * 56 + "…"),
        ("b" * 60, "b" * 60),
    ],
)
def test_the_title_is_the_beginning_of_the_first_question(store, question, title):
    begun(store, "", finished(1, question), finished(2, "Else?"))
    assert titles(store) == [title]
    assert len(title) <= 60


def test_a_given_title_stays_until_it_is_taken_back(store):
    conversation = begun(store)
    store.rename("", conversation, " My \n title \ud800")
    store.keep("", conversation, finished(1, "Changed?"))
    assert titles(store) == ["My title ?"]
    store.rename("", conversation, "  ")
    assert titles(store) == ["Changed?"]


def test_a_title_follows_a_first_question_that_was_edited(store):
    conversation = begun(store)
    store.drop("", conversation, [1])
    store.keep("", conversation, finished(2, "Edited?"))
    assert titles(store) == ["Edited?"]


def test_another_users_conversation_is_not_there_whatever_is_called(store):
    conversation = begun(store, "ann")
    store.rate("ann", conversation, 1, True)
    for user in ("", "bob", "ANN", "ann ", "%"):
        assert store.list(user) == ()
        for call in (
            lambda user=user: store.load(user, conversation),
            lambda user=user: store.keep(user, conversation, finished(2)),
            lambda user=user: store.drop(user, conversation, [1]),
            lambda user=user: store.rename(user, conversation, "Mine"),
            lambda user=user: store.rate(user, conversation, 1, False),
            lambda user=user: store.rate(user, conversation, 1, None),
            lambda user=user: store.thumbs(user, conversation),
        ):
            with pytest.raises(NotKept, match="not here"):
                call()
        store.delete(user, conversation)
        assert list(store.ratings(user)) == []
    assert tuple(store.load("ann", conversation)) == (finished(1),)
    assert titles(store, "ann") == ["What is merging?"]
    assert store.thumbs("ann", conversation) == {1: True}


@pytest.mark.parametrize("odd", ["", "' OR 1=1 --", "\x00", "\ud800", "../x", "a" * 9999])
def test_odd_ids_and_users_are_nobodys(store, odd):
    begun(store, "ann")
    with pytest.raises(NotKept):
        store.load("ann", odd)
    if odd != "\ud800":
        assert store.list(odd) == ()
    else:
        with pytest.raises(NotKept):
            store.list(odd)
    with pytest.raises(NotKept):
        store.drop("ann", begun(store, "ann"), [2**70])


def test_deleting_takes_everything_off_the_disk(store, tmp_path):
    secret = "Xylophonquatsch"
    conversation = begun(store, "", finished(1, f"What of {secret}?"), finished(2))
    other = begun(store, "", finished(1, "Another?"))
    store.rate("", conversation, 1, False, f"{secret} again")
    assert any(secret.encode() in path.read_bytes() for path in tmp_path.iterdir())
    store.delete("", conversation)
    store.delete("", conversation)
    assert titles(store) == ["Another?"]
    assert list(store.ratings()) == []
    with pytest.raises(NotKept):
        store.keep("", conversation, finished(3))
    assert not any(secret.encode() in path.read_bytes() for path in tmp_path.iterdir())
    assert len(store.load("", other)) == 1


def test_conversations_that_never_began_are_forgotten_after_a_month(tmp_path):
    days = count(1_700_000_000, 20 * 24 * 3600)
    store = ConversationStore.open(tmp_path / "c.sqlite3", now=lambda: float(next(days)))
    first, second, _third = (store.start("") for _ in range(3))
    store.keep("", second, finished(1))
    with pytest.raises(NotKept):
        store.keep("", first, finished(1))
    store.close()


@pytest.mark.parametrize("status", ["done", "unheard of"])
@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff",
        *map(zlib.compress, (b"{", b"[]", b"[" * 100_000, b"\xff", b'{"answer": [], "number": 1}')),
    ],
)
def test_an_exchange_of_another_version_is_shown_as_text_and_costs_no_other(
    store, tmp_path, value, status
):
    conversation = begun(store, "", finished(1), finished(2, "Second?"), finished(3))
    with changing(tmp_path) as connection:
        change = "UPDATE exchanges SET value = ?, status = ? WHERE number = 2"
        connection.execute(change, (value, status))
    one, two, three = store.load("", conversation)
    assert (one, three) == (finished(1), finished(3))
    assert (two.number, two.question) == (2, "Second?")
    assert two.text == f"{finished(2).text}\n\n{UNREADABLE}"
    assert two.status == ("done" if status == "done" else "stopped")
    assert two.citations == ()


def test_fields_that_are_new_or_gone_cost_nothing(store, tmp_path):
    conversation = begun(store)
    with changing(tmp_path) as connection:
        (value,) = connection.execute("SELECT value FROM exchanges").fetchone()
        known = json.loads(zlib.decompress(value))
        del known["error"], known["answer"]["cached"]
        known |= {"gone": 1}
        changed = zlib.compress(json.dumps(known).encode())
        connection.execute("UPDATE exchanges SET value = ?", (changed,))
    assert tuple(store.load("", conversation)) == (finished(1),)


def test_threads_keep_at_once_and_lose_nothing(store):
    shared_one = store.start("")

    def work(name: int) -> int:
        own = begun(store, str(name))
        for number in range(2, 8):
            store.keep(str(name), own, finished(number))
            store.keep("", shared_one, finished(10 * name + number))
            store.list("")
        return len(store.load(str(name), own))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(1, 9))) == [7] * 8
    assert len(store.load("", shared_one)) == 48


def fastest(work, times: int = 15) -> float:
    """Milliseconds, with as little as can be of what else the machine does."""
    taken = []
    for _ in range(times):
        begun_at = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun_at)
    return 1_000 * min(taken)


def test_a_thousand_conversations_are_listed_and_an_answer_is_kept_without_a_wait(store):
    many = replace(ANSWER, sources=ANSWER.sources * 20)  # more than an answer has
    large = finished(1, answer=many)
    for number in range(1_000):
        conversation = begun(store, "", finished(1, f"What of {number}?"))
    assert len(store.list("")) == 1_000
    assert fastest(lambda: store.list("")) < 20
    assert fastest(lambda: store.keep("", conversation, large)) < 10
