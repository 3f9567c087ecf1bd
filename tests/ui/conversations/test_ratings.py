"""Thumbs keep the answer that they were given to, and become cases for the evals."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evals.cases import load_cases, parse_cases
from index.errors import ConfigError
from rag.types import Finished, Turn
from tests.ui.conversations.exchanges import (
    ANSWER,
    CITATIONS,
    OTHER,
    PAPER,
    REFUSAL,
    failed,
    finished,
    stopped,
)
from tests.ui.conversations.test_store import begun, changing
from ui.conversations import NotKept
from ui.conversations.cases import cases_from
from ui.view import Exchange, advance


def written(store, tmp_path):
    """The cases of the store's ratings as a file."""
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases_from(store.ratings())))
    return path


def test_a_rating_holds_the_whole_answer_and_what_was_said_before(store):
    conversation = begun(store, "ann", finished(1), stopped(2), finished(3, "And now?"))
    store.rate("ann", conversation, 3, False, "Wrong \ud800 year")
    (rating,) = store.ratings()
    assert rating.exchange == finished(3, "And now?")
    assert rating.history == (Turn("What is merging?", ANSWER.text, ((1, "2409.1"), (2, "p2"))),)
    assert (rating.user, rating.conversation, rating.number) == ("ann", conversation, 3)
    assert (rating.up, rating.note) == (False, "Wrong ? year")
    assert rating.rated.tzinfo is not None


def test_a_thumb_can_be_turned_and_taken_back(store):
    conversation = begun(store, "", finished(1), finished(2))
    store.rate("", conversation, 1, True)
    store.rate("", conversation, 2, True)
    store.rate("", conversation, 1, False, "no")
    assert store.thumbs("", conversation) == {1: False, 2: True}
    assert [(r.number, r.up, r.note) for r in store.ratings()] == [(1, False, "no"), (2, True, "")]
    store.rate("", conversation, 1, None)
    store.rate("", conversation, 1, None)
    assert store.thumbs("", conversation) == {2: True}


def test_a_rating_outlives_a_retry_but_not_its_conversation(store):
    conversation = begun(store)
    store.rate("", conversation, 1, False)
    store.drop("", conversation, [1])
    store.keep("", conversation, finished(2))
    assert [rating.exchange for rating in store.ratings()] == [finished(1)]
    store.delete("", conversation)
    assert list(store.ratings()) == []


def test_an_answer_that_is_not_there_is_not_rated(store):
    conversation = begun(store)
    for number in (0, 2, -1, 2**70):
        with pytest.raises(NotKept):
            store.rate("", conversation, number, True)


def test_ratings_are_read_in_order_by_user_and_while_more_are_given(store):
    ann = begun(store, "ann", *(finished(number) for number in range(1, 61)))
    bob = begun(store, "bob")
    store.rate("bob", bob, 1, True)
    for number in range(60, 0, -1):
        store.rate("ann", ann, number, True)
    assert [r.number for r in store.ratings("ann")] == list(range(60, 0, -1))
    assert [r.user for r in store.ratings("bob")] == ["bob"]
    for rating in store.ratings():
        store.rate(rating.user, rating.conversation, rating.number, False)
    assert not any(rating.up for rating in store.ratings())


def test_a_copy_of_another_version_is_a_case_for_a_person(store, tmp_path):
    conversation = begun(store, "", finished(1), finished(2))
    store.rate("", conversation, 2, True)
    with changing(tmp_path) as connection:
        connection.execute("UPDATE ratings SET value = x'00', history = x'00'")
    (rating,) = store.ratings()
    assert rating.history == ()
    (case,) = cases_from([rating])
    assert case["reviewed"] is False


def test_a_thumb_up_makes_a_case_of_what_was_cited(store, tmp_path):
    conversation = begun(store, "", finished(1), finished(2, "How cheap is it?"))
    store.rate("", conversation, 2, True)
    (case,) = load_cases(written(store, tmp_path))
    assert (case.question, case.type, case.answerable) == ("How cheap is it?", "feedback", True)
    assert case.gold_titles == ("Merging weights", "Another paper")
    assert case.history == (Turn("What is merging?", ANSWER.text, ((1, "2409.1"), (2, "p2"))),)
    assert case.reviewed


def test_a_thumb_up_for_a_refusal_makes_an_unanswerable_case(store, tmp_path):
    near = replace(REFUSAL, citations=CITATIONS[2:])
    store.rate("", begun(store, "", finished(1, answer=near)), 1, True)
    (case,) = load_cases(written(store, tmp_path))
    assert (case.answerable, case.gold_titles) == (False, ())
    assert case.acceptable_titles == ("Another paper",)


@pytest.mark.parametrize(
    ("exchange", "up"),
    [
        (finished(1), False),
        (finished(1, answer=REFUSAL), False),
        (finished(1, answer=replace(ANSWER, citations=())), True),
        (stopped(1), True),
        (failed(1), True),
    ],
)
def test_what_nobody_can_take_for_right_waits_for_a_person(store, tmp_path, exchange, up):
    store.rate("", begun(store, "", exchange), 1, up, "too short")
    path = written(store, tmp_path)
    written_one = json.loads(path.read_text())
    assert written_one["reviewed"] is False
    assert written_one["note"] == "too short"
    assert not {"gold_titles", "answerable", "acceptable_titles"} & written_one.keys()
    assert parse_cases(path.read_text().splitlines(), "f")[1] == ()
    with pytest.raises(ConfigError, match="reviewed"):
        load_cases(path)


def test_a_question_makes_one_case_and_the_thumb_down_counts(store, tmp_path):
    for up in (True, False, True):
        store.rate("", begun(store, "", finished(1)), 1, up, str(up))
    store.rate("", begun(store, "", finished(1, " what IS merging? ")), 1, True)
    store.rate("", begun(store, "", finished(1, "Else?")), 1, True)
    again = begun(store, "", finished(1), finished(2))
    store.rate("", again, 2, True)
    lines = written(store, tmp_path).read_text().splitlines()
    cases, problems = parse_cases(lines, "f")
    assert problems == ()
    assert [(case.question, case.reviewed) for case in cases] == [
        ("What is merging?", False), ("Else?", True), ("What is merging?", True),
    ]  # fmt: skip


def test_numbers_that_contradict_each_other_are_left_out_of_the_history(store, tmp_path):
    twice = replace(ANSWER, citations=(CITATIONS[0], replace(CITATIONS[2], marker=1)))
    first = advance(Exchange(1, "One?"), Finished(twice))
    store.rate("", begun(store, "", first, finished(2)), 2, True)
    (case,) = load_cases(written(store, tmp_path))
    assert case.history == (Turn("One?", ANSWER.text),)


def test_papers_of_one_title_are_named_once(store, tmp_path):
    twin = replace(CITATIONS[2], paper=replace(OTHER, title=f"{PAPER.title}\n"))
    answer = replace(ANSWER, citations=(*CITATIONS[:2], twin))
    store.rate("", begun(store, "", finished(1, answer=answer)), 1, True)
    (case,) = load_cases(written(store, tmp_path))
    assert case.gold_titles == ("Merging weights",)
