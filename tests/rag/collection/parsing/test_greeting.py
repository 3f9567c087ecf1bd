"""What is no question is answered with what can be asked."""

from __future__ import annotations

import pytest

from rag.collection import CollectionQuery, answer_parts, parse, run
from tests.rag.collection.outline import FACETS, TODAY


def is_help(text):
    query = parse(text, today=TODAY, facets=FACETS)
    return query is not None and query.kind == "help"


@pytest.mark.parametrize(
    "text",
    [
        "hi", "Hello!", "hey there", "Good morning", "thanks", "Thank you very much!",
        "ok, thanks", "great, thank you for your help", "Hi, how are you?", "What can you do?",
        "help", "bye", "ok great", "hello paperchat",
    ],
)  # fmt: skip
def test_greetings_thanks_and_calls_for_help(text):
    assert is_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "hi, which papers are about pruning?", "Thanks. How large is it?",
        "What is HiAgent?", "help me find papers on pruning", "Is it helpful?",
        "How does this work?", "What is this?",
        "hello world programs", "hi " * 90, "why?",
    ],
)  # fmt: skip
def test_questions_are_none(text):
    assert not is_help(text)


def test_help_says_what_can_be_asked(small):
    parts = answer_parts(run(CollectionQuery("help"), small))
    assert parts.empty
    assert parts.sources == ()
    assert "You can ask what the 5 papers here say" in parts.text
