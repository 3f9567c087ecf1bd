"""A reply is read whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.drafting.reading import Suggestion, read_reply

ROW = {"question": "Why?", "quotes": ["A b."], "must_contain": [12], "answer_points": "p"}
READ = Suggestion("Why?", ("A b.",), ("12",), ("p",))


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(ROW),
        json.dumps([ROW]),
        "Sure! {this} one:\n```json\n" + json.dumps(ROW, indent=1) + "\n```\nEnjoy.",
        json.dumps(ROW | {"reviewed": True, "id": "x", "history": [], "missing": None}),
    ],
)
def test_one_object_is_found(reply):
    assert read_reply(reply) == (READ,)


def test_several_are_read_and_broken_ones_left_out():
    assert read_reply(json.dumps([ROW, ROW | {"quotes": [{}]}, ROW])) == (READ, READ)


def test_latex_with_single_backslashes_is_read():
    assert read_reply(r'{"question": "Is \alpha big?", "missing": "\\beta"}') == (
        Suggestion(r"Is \alpha big?", missing=r"\beta"),
    )


def test_invisible_characters_go():
    (found,) = read_reply(json.dumps({"question": "Wh\u200by\n is\u202e it \ud800?"}))
    assert found.question == "Why is it ?"


@pytest.mark.parametrize("reply", ["{}", '{"question": ""}', '[{"question": null}]', "None: {}"])
def test_nothing_to_ask(reply):
    assert read_reply(reply) == ()


@pytest.mark.parametrize(
    "reply",
    ["", "I'd love to help.", json.dumps(ROW)[:-9], '{"question": 3}', '{"question": ["x"]}', "[]",
     json.dumps(ROW | {"quotes": [True]}), "[" * 100_000, '{"question":' * 5_000, "9" * 9_000],
)  # fmt: skip
def test_not_what_was_asked_for(reply):
    assert read_reply(reply) is None


@given(st.text(alphabet='{}[]"\\:,tru 1a', max_size=80))
def test_no_text_raises(reply):
    read_reply(reply)
