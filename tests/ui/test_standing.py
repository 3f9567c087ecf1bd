"""A reader's settings, read from the fields and told."""

from __future__ import annotations

import pytest

from index.errors import ConfigError
from rag.costs import Spent
from rag.types import Usage
from ui.site import Reader, Start
from ui.standing import in_force, problem, used, wanted_by

START = Start("openai:one", "http://127.0.0.1:1/v1", has_key=True)
MANNER = ("normal", "normal", "withhold")
KEY = "sk-reader-0123456789abcdef"


def wanted(model: object, address: str = "", key: str = "", reader: Reader | None = None) -> Reader:
    return wanted_by(reader or Reader(), START, (model, address, key, *MANNER))


@pytest.mark.parametrize(
    ("typed", "spec"),
    [
        ("openai:one", ""),
        ("", ""),
        (None, ""),
        ("extractive", "extractive"),
        (" Quotes only ", "extractive"),
        ("qwen3:8b", "openai:qwen3:8b"),
        ("openai:two", "openai:two"),
        ("scripted:/etc/hostname", "openai:scripted:/etc/hostname"),
    ],
)
def test_what_is_typed_names_a_model(typed, spec):
    assert wanted(typed).model == spec


def test_what_is_as_it_was_started_is_left_to_the_start():
    assert wanted("openai:one") == Reader()
    other = wanted_by(Reader(), START, ("", "", "", "long", "strict", "show"))
    assert (other.length, other.strictness, other.unsupported) == ("long", "strict", "show")
    assert wanted_by(Reader(), START, ("", "", "", "endless", 7, None)) == Reader()


def test_an_empty_field_keeps_the_key_and_a_new_one_replaces_it():
    kept = Reader(key="old")
    assert wanted("", reader=kept).key == "old"
    assert wanted("", key=f" {KEY}", reader=kept).key == KEY


@pytest.mark.parametrize(
    ("model", "address"),
    [
        (KEY, ""),
        ("", f"http://x/{KEY}"),
        ("", "http://me:pass@x/v1"),
        ("a\ud800", ""),
        ("", "x" * 4001),
    ],
)
def test_what_cannot_be_is_refused_and_not_repeated(model, address):
    with pytest.raises(ConfigError) as caught:
        wanted(model, address)
    assert not [text for text in (KEY, "pass@", "xxx") if text in str(caught.value)]


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        (
            Reader(),
            "written by one at http&#58;&#47;&#47;127.0.0.1&#58;1&#47;v1, with the page's own",
        ),
        (Reader(key=KEY), "with your key"),
        (Reader(base_url="http://127.0.0.1:2/v1"), "2&#47;v1, without a key"),
        (Reader(model="extractive", key=KEY), "quotes the papers, without a language model"),
    ],
)
def test_what_is_in_force_is_told_without_the_key(reader, told):
    assert told in in_force(reader, START)
    assert KEY not in in_force(reader, START)


def test_names_are_text():
    assert "<img" not in in_force(Reader(model="openai:<img src=x>"), START) + problem("<img>")


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        ([], "No language model has been used"),
        ([0.25], "read 1,200 tokens and wrote 30 for 1 answer, at a cost of $0.2500."),
        ([1.0, 2.5], "read 2,400 tokens and wrote 60 for 2 answers, at a cost of $3.50."),
        ([None], "for 1 answer; what that cost isn't known."),
        ([0.01, None], "at a cost of at least $0.0100."),
        ([0.00001], "at a cost of less than $0.0001."),
        ([0.0], "at a cost of $0.0000."),
    ],
)
def test_what_was_used_is_told_in_a_line(costs, told):
    assert told in used([Spent(Usage(1200, 30), cost) for cost in costs])
