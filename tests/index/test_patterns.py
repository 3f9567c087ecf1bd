"""No regular expression over papers or questions takes time as the square of their length."""

from __future__ import annotations

import re

import pytest

from tests.index.patterns import chokes_on, odd_texts, patterns

_LONGEST, _BEARABLE = 10_000, 0.01
# What these see is bounded before: what stands between brackets, or a question (whose white space
# is also made single). See ``rag.citations`` and ``rag.asked``.
_BRACKETS = "rag.brackets"
_QUESTIONS = (
    "rag.collection.dates",
    "rag.collection.numbers",
    "rag.collection.parsing",
    "rag.features",
    "rag.planning",
)
_LONGEST_IN_BRACKETS, _LONGEST_QUESTION, _BEARABLE_FOR_ONE = 200, 4_000, 0.5


@pytest.mark.parametrize("package", ["index", "rag"])
def test_no_pattern_takes_long_for_odd_texts(package: str) -> None:
    long = odd_texts(_LONGEST)
    short = [text[-_LONGEST_IN_BRACKETS:] for text in long]
    asked = [" ".join(text[-_LONGEST_QUESTION:].split()) for text in long]
    slow = {}
    for pattern, (name, anchored) in patterns(package).items():
        question = name.startswith(_QUESTIONS)
        texts = short if name.startswith(_BRACKETS) else asked if question else long
        bearable = _BEARABLE if texts is long else _BEARABLE_FOR_ONE
        text = chokes_on(pattern, texts, anchored=anchored, bearable=bearable)
        if text is not None:
            slow[name] = text
    assert slow == {}


@pytest.mark.parametrize(
    ("pattern", "anchored", "slow"),
    [
        ("[a-z]+-", False, True),
        ("[a-z]+-", True, False),
        ("(?<![a-z])[a-z]++-", False, False),
        ("(?:a+)+b", True, True),
        (r"\s+of$", False, True),
    ],
)
def test_a_slow_pattern_is_noticed(pattern: str, anchored: bool, slow: bool) -> None:
    texts = odd_texts(_LONGEST)
    found = chokes_on(re.compile(pattern), texts, anchored=anchored, bearable=_BEARABLE)
    assert (found is not None) is slow


def test_patterns_are_found_with_how_they_are_used() -> None:
    found = dict(patterns("index").values())
    assert found["index.text._JOINABLE"] is False
    assert found["index.sentences._ASIDE"] is True
    assert len(found) > 50
