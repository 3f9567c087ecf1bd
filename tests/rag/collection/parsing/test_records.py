"""Conditions on authors and dates."""

import pytest

from tests.rag.collection.parsing.reading import NOVEMBER, authors, dated, having, read

AUTHORS = {
    "List all papers here that have exactly two authors.": authors(2, 2),
    "which papers have 2 authors": authors(2, 2),
    "two-author papers": authors(2, 2),
    "Show me every single-author paper": authors(1, 1),
    "Is there any paper written by one person alone?": authors(1, 1),
    "Are there papers by a single author?": authors(1, 1),
    "Which papers have a lone author?": authors(1, 1),
    "Which papers have 20 or more authors, and how many does each have?": authors(
        20, asked=["n_authors"]
    ),
    "Which papers were written by 20 or more people, and how many authors does each have?": authors(
        20, asked=["n_authors"]
    ),
    "papers with at least twenty authors": authors(20),
    "Which papers list more than ten authors?": authors(11),
    "papers with 10+ authors please": authors(10),
    "Do any papers have over 30 authors?": authors(31),
    "Give me the papers with fewer than 4 authors": authors(None, 3),
    "Which works have under five authors?": authors(None, 4),
    "papers by at most three people": authors(None, 3),
    "papers with no more than 3 authors": authors(None, 3),
    "papers with three authors or fewer": authors(None, 3),
    "Which papers have between 5 and 8 authors?": authors(5, 8),
    "papers with 5 to 8 authors": authors(5, 8),
    "papers with five or six authors": authors(5, 6),
    "Which papers have an author count above 15?": authors(16),
    "papers whose number of authors is 3": authors(3, 3),
    "Which papers come from teams of a dozen or more?": authors(12),
    "How many papers have exactly 4 authors?": authors(4, 4, kind="count"),
    "how many single-author papers are there?": authors(1, 1, kind="count"),
    "Number of papers with more than one author": authors(2, kind="count"),
    "Count the papers with >= 10 authors": authors(10, kind="count"),
    "Are there papers with fewer than four authors? List them all.": authors(None, 3),
    "How many papers have two authors, and which ones?": authors(2, 2, kind="count", named=True),
    "List the two-author papers, newest first": authors(
        2, 2, order={"by": "date", "descending": True}
    ),
}

DATES = {
    "Which papers are dated 2021?": dated("2021-01-01", "2021-12-31"),
    "What came out in November 2023?": dated(*NOVEMBER),
    "List everything from September 2024": dated("2024-09-01", "2024-09-30"),
    "what was published in nov. 2023": dated(*NOVEMBER),
    "papers from 2023-11": dated(*NOVEMBER),
    "Anything from 11/2023?": dated(*NOVEMBER),
    "2023 papers": dated("2023-01-01", "2023-12-31"),
    "Which papers appeared between March and June 2022?": dated("2022-03-01", "2022-06-30"),
    "Papers published from November 2023 to February, please": dated("2023-11-01", "2024-02-29"),
    "Show me all papers from before 2021.": dated(None, "2020-12-31"),
    "Which papers are older than 2020?": dated(None, "2019-12-31"),
    "papers up to June 2022": dated(None, "2022-06-30"),
    "Which papers came out after September 2024?": dated("2024-10-01"),
    "everything since July 2025": dated("2025-07-01"),
    "papers from 2024 onwards": dated("2024-01-01"),
    "Which papers are newer than June 2025?": dated("2025-07-01"),
    "What came out after 2020 and before 2023?": dated("2021-01-01", "2022-12-31"),
    "What's new since July?": dated("2025-07-01"),
    "Anything new since august?": dated("2025-08-01"),
    "what came out in august": dated("2023-08-01", "2023-08-31"),
    "What was published in July?": dated("2025-07-01", "2025-07-31"),
    "What came out last month?": dated("2026-02-01", "2026-02-28"),
    "What's new this month?": dated("2026-03-01", "2026-03-31"),
    "papers of the last three months": dated("2025-12-12", "2026-03-12"),
    "Which papers came out in the past year?": dated("2025-03-12", "2026-03-12"),
    "Which papers were published last year?": dated("2025-01-01", "2025-12-31"),
    "Which papers are dated 14 November 2023?": dated("2023-11-14", "2023-11-14"),
    "what is from Sep 26, 2024?": dated("2024-09-26", "2024-09-26"),
    "papers from Q3 2024": dated("2024-07-01", "2024-09-30"),
    "Papers published in the first half of 2024": dated("2024-01-01", "2024-06-30"),
    "papers from early 2024": dated("2024-01-01", "2024-04-30"),
    "List the papers from the 2010s": dated("2010-01-01", "2019-12-31"),
    "How many papers were published in 2024?": dated("2024-01-01", "2024-12-31", kind="count"),
    "How many came out before 2022?": dated(None, "2021-12-31", kind="count"),
    "Which papers are from 2019 or 2021?": having(
        periods=[["2019-01-01", "2019-12-31"], ["2021-01-01", "2021-12-31"]]
    ),
    "Which papers came out in March and June 2022?": having(
        periods=[["2022-03-01", "2022-03-31"], ["2022-06-01", "2022-06-30"]]
    ),
    "Which 2024 papers have more than 15 authors?": {
        "kind": "list",
        "filters": {"since": "2024-01-01", "until": "2024-12-31", "min_authors": 16},
    },
}


@pytest.mark.parametrize(("question", "expected"), (AUTHORS | DATES).items())
def test_it_is_understood(question, expected):
    assert read(question) == expected
