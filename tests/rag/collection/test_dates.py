"""Stretches of time in words, against a clock."""

import datetime as dt

import pytest

from rag.collection.dates import find_spans
from rag.collection.months import in_words
from rag.collection.points import Clock

# A Thursday. Papers are dated in these months; the newest is of October 2025.
CLOCK = Clock(
    dt.date(2026, 3, 12),
    dt.date(2025, 10, 22),
    {(2021, 3): 1, (2023, 11): 3, (2024, 7): 2, (2025, 7): 5, (2025, 10): 2},
)


def spans(text: str) -> list[str]:
    return [in_words(span.since, span.until) for span in find_spans(text, CLOCK)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 2021", ["in 2021"]),
        ("the year 2021", ["in 2021"]),
        ("2021-2023", ["from 2021 to 2023"]),
        ("between 2021 and 2023", ["from 2021 to 2023"]),
        ("in 2019, 2020 and 2021", ["in 2019", "in 2020", "in 2021"]),
        ("in November 2023", ["in November 2023"]),
        ("in Nov. 2023", ["in November 2023"]),
        ("2023-11-24", ["on 24 November 2023"]),
        ("on the 24th of November 2023", ["on 24 November 2023"]),
        ("November 24th, 2023", ["on 24 November 2023"]),
        ("in March and June 2022", ["in March 2022", "in June 2022"]),
        ("from March to June 2022", ["from 1 March 2022 to 30 June 2022"]),
        ("from October to February 2023", ["from 1 October 2022 to 28 February 2023"]),
        ("in the second half of 2024", ["from 1 July 2024 to 31 December 2024"]),
        ("q2 2024", ["from 1 April 2024 to 30 June 2024"]),
        ("before March 2021", ["up to 28 February 2021"]),
        ("until March 2021", ["up to 31 March 2021"]),
        ("after March 2021", ["since 1 April 2021"]),
        ("since the beginning of 2025", ["since 1 January 2025"]),
        ("2023 or later", ["since 1 January 2023"]),
        ("2019 and earlier", ["before 2020"]),
        ("no later than 2020", ["before 2021"]),
        ("pre-2020", ["before 2020"]),
        ("today", ["on 12 March 2026"]),
        ("yesterday", ["on 11 March 2026"]),
        ("this week", ["from 9 March 2026 to 15 March 2026"]),
        ("last week", ["from 2 March 2026 to 8 March 2026"]),
        ("last month", ["in February 2026"]),
        ("this quarter", ["from 1 January 2026 to 31 March 2026"]),
        ("last quarter", ["from 1 October 2025 to 31 December 2025"]),
        ("last year", ["in 2025"]),
        ("in the last year", ["from 12 March 2025 to 12 March 2026"]),
        ("in the past two years", ["from 12 March 2024 to 12 March 2026"]),
        ("the last 30 days", ["from 10 February 2026 to 12 March 2026"]),
        ("in March", ["in March 2021"]),  # the only year with papers of March
        ("in July", ["in July 2025"]),  # the latest that has begun
        ("in December", ["in December 2024"]),  # no paper is newer than October 2025
        ("since July", ["since 1 July 2025"]),
        ("since March", ["since 1 March 2025"]),
        ("31 June 2022", []),
        ("between 2021", []),
        ("may I march on", []),
        ("version 2.2024", []),
    ],
)
def test_words_become_days(text, expected):
    assert spans(text) == expected


def test_an_empty_collection_leaves_only_today_to_go_by():
    clock = Clock(dt.date(2026, 3, 12))
    (span,) = find_spans("since July", clock)
    assert span.since == dt.date(2025, 7, 1)
