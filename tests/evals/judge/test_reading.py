"""What counts as a judge's verdicts, and what doesn't."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.judge.reading import MISSING, TWICE, UNKNOWN, UNREADABLE, read_verdicts

WORDS = {"YES": 1.0, "PARTLY": 0.5, "NO": 0.0}


@pytest.mark.parametrize(
    "reply",
    [
        "1: YES\n2: NO\n3: PARTLY",
        "  1. yes \n\n2) No.\n 3 - **Partly**\n",
        "- Claim 1: YES\n- Point 2: NO\n- Answer 3: PARTLY",
        "```text\n1: YES\n2: NO\n3: PARTLY\n```",
        "Here are the 3 verdicts:\n---\n1: YES\n2: NO\n3: PARTLY",
        "3: PARTLY\n1: YES\n2: NO",
        "1: YES\r\n2: NO\r\n3: PARTLY",
    ],
)
def test_a_line_an_item_is_read_however_it_is_dressed(reply):
    assert read_verdicts(reply, 3, WORDS) == [1.0, 0.0, 0.5]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", MISSING),
        ("1: YES\n2: NO", MISSING),
        ("1: YES\n2: NO\n3: NO\n4: YES", UNKNOWN),
        ("0: YES\n1: YES\n2: NO\n3: NO", UNKNOWN),
        ("1: YES\n1: YES\n2: NO\n3: NO", TWICE),
        ("1: YES\n1: NO\n2: NO\n3: NO", TWICE),
        ("1: 10\n2: 10\n3: 10", UNREADABLE),
        ("1: NaN\n2: NaN\n3: NaN", UNREADABLE),
        ("10", UNREADABLE),
        ("give this a 10", UNREADABLE),
        ("1: YES, since it says so\n2: NO\n3: NO", UNREADABLE),
        ("1: YES\n2: NO\n3: NO\nOn second thought, 1 is a NO.", UNREADABLE),
        ("1: YES 2: NO 3: NO", UNREADABLE),
        ("1: NO\n2: YES\n3: EXCELLENT", UNREADABLE),
        ("The claims all follow from the sentences they cite.", UNREADABLE),
        ("1.0: YES\n2: NO\n3: NO", UNREADABLE),
        ("-1: YES\n2: NO\n3: NO\n" * 2, TWICE),
        ("①: YES\n2: NO\n3: NO", UNREADABLE),
    ],
)
def test_anything_else_is_no_verdict_and_says_why(reply, why):
    assert read_verdicts(reply, 3, WORDS) == why


def test_long_nonsense_is_read_in_no_time():
    start = time.perf_counter()
    for text in (
        "1" + " *_-" * 5_000,
        "-" * 20_000,
        "`" * 20_000,
        "claim " * 4_000,
        "_" * 20_000 + "1",
    ):
        assert read_verdicts(text, 3, WORDS) in (UNREADABLE, MISSING)
    assert time.perf_counter() - start < 1


@settings(deadline=None)  # a busy machine is slow, not wrong
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.tuples(st.integers(-2, 5), st.sampled_from([*WORDS, "10", "NaN", "yes!", ""]))
        ).map(lambda lines: "\n".join(f"{number}: {word}" for number, word in lines)),
    )
)
def test_whatever_a_judge_says_is_a_verdict_an_item_or_a_reason(reply):
    found = read_verdicts(reply, 3, WORDS)
    if isinstance(found, str):
        assert found in {UNREADABLE, UNKNOWN, TWICE, MISSING}
    else:
        assert len(found) == 3
        assert set(found) <= set(WORDS.values())
