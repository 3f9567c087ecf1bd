"""Exactness over the sample corpus: against plain loops over what the readers read."""

import datetime as dt
from collections import Counter

import pytest

from index.readers import read_all, sample_pages
from index.types import Paper
from rag.collection import facets_of, parse, run

TODAY = dt.date(2026, 3, 12)


@pytest.fixture(scope="module")
def records() -> dict[str, dict]:
    """Title -> what the pages say of the paper, without any store."""
    found: dict[str, dict] = {}
    for paper in read_all(sample_pages()):
        if isinstance(paper, Paper):
            entry = found.setdefault(paper.title, {"date": None, "n": None, "pages": set()})
            entry["date"] = entry["date"] or paper.date
            entry["n"] = entry["n"] or paper.n_authors
            entry["pages"] |= {page[:3] for page in paper.pages}
    return found


def found(sample, question: str) -> set[str]:
    query = parse(question, today=TODAY, facets=facets_of(sample.query()))
    assert query is not None, question
    return {paper.title for paper in run(query, sample).papers}


CASES = {
    "papers with exactly 3 authors": lambda r: r["n"] == 3,
    "Which papers have more than 15 authors?": lambda r: (r["n"] or 0) > 15,
    "papers with between 7 and 9 authors": lambda r: 7 <= (r["n"] or 0) <= 9,
    "What came out in October 2024?": lambda r: _in(r, "2024-10-01", "2024-10-31"),
    "everything from 2022": lambda r: _in(r, "2022-01-01", "2022-12-31"),
    "What's new since July?": lambda r: _in(r, "2025-07-01", "2999-12-31"),
    "papers between April and June 2023": lambda r: _in(r, "2023-04-01", "2023-06-30"),
    "papers on page 003 only": lambda r: r["pages"] == {"003"},
    "papers on exactly four pages": lambda r: len(r["pages"]) == 4,
    "papers on both page 000 and page 003": lambda r: {"000", "003"} <= r["pages"],
    "undated papers": lambda r: r["date"] is None,
    "How many papers are there?": lambda r: True,
    "Which papers from 2025 have fewer than five authors?": lambda r: (
        _in(r, "2025-01-01", "2025-12-31") and (r["n"] or 99) < 5
    ),
}


def _in(record: dict, since: str, until: str) -> bool:
    return record["date"] is not None and since <= record["date"].isoformat() <= until


@pytest.mark.parametrize("question", CASES)
def test_exactly_the_papers_that_meet_the_conditions(sample, records, question):
    expected = {title for title, record in records.items() if CASES[question](record)}
    assert expected
    assert found(sample, question) == expected


def test_the_newest_and_the_largest(sample, records):
    by_date = sorted((r["date"], title) for title, r in records.items() if r["date"])
    assert found(sample, "the three newest papers") == {title for _, title in by_date[-3:]}
    most = max(r["n"] or 0 for r in records.values())
    expected = {title for title, r in records.items() if r["n"] == most}
    assert found(sample, "Which paper has the most authors?") == expected


def test_papers_by_year(sample, records):
    query = parse("How many papers per year?", today=TODAY, facets=facets_of(sample.query()))
    expected = Counter(str(r["date"].year) for r in records.values() if r["date"])
    groups = run(query, sample).groups
    assert {label: len(places) for label, places in groups} == expected
