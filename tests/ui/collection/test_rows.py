"""The table: what it shows, how it sorts, what it finds."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from index.errors import ConfigError
from index.types import Filters, Paper
from tests.index.papers import papers as study_papers
from ui.collection.rows import COLUMNS, narrowed, ordered, table

FULL = Paper(
    "full",
    "Zürich's $\\beta$-VAE",
    "Naïve coding of 3 words.",
    dt.date(2024, 9, 26),
    5,
    ("José Núñez", "Ada Lovelace", "Alan Turing", "Grace Hopper", "Kurt Gödel"),
    "ÉTH",
    ("001_a", "002_b"),
)
YEAR = Paper("year", "apples", "One two.", dt.date(2024, 1, 1), 1, extra={"date_precision": "year"})
COUNT = Paper("count", "Bananas", "One two three.", dt.date(2023, 5, 2), 12, pages=("002_b",))
BARE = Paper("bare", "cherries", "One.")
ROWS = table([FULL, YEAR, COUNT, BARE])


def _ids(rows) -> list[str]:
    return [row.paper_id for row in rows]


def test_a_row_shows_what_is_known() -> None:
    full, year, count, bare = ROWS
    assert (full.date, full.words, full.organisation) == ("2024-09-26", 5, "ÉTH")
    assert full.authors == "José Núñez, Ada Lovelace, Alan Turing and 2 more"
    assert (year.date, year.authors) == ("2024", "1 author")
    assert (count.authors, count.pages) == ("12 authors", ("002_b",))
    assert (bare.date, bare.authors, bare.organisation, bare.pages) == ("", "", "", ())


@pytest.mark.parametrize(
    ("column", "rising", "falling"),
    [
        ("title", "year count bare full", "full bare count year"),
        ("date", "count year full bare", "full year count bare"),
        ("authors", "year full count bare", "count full year bare"),
        ("organisation", "full year count bare", "full year count bare"),
        ("pages", "full count year bare", "count full year bare"),
        ("words", "bare year count full", "full count year bare"),
    ],
)
def test_sorting_puts_what_is_not_known_last(column: str, rising: str, falling: str) -> None:
    assert _ids(ordered(ROWS, column)) == rising.split()
    assert _ids(ordered(ROWS, column, descending=True)) == falling.split()


def test_sorting_by_a_column_that_is_none() -> None:
    with pytest.raises(ConfigError, match=", ".join(COLUMNS)):
        ordered(ROWS, "colour")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "full year count bare"),
        ("ZURICH", "full"),
        ("nunez", "full"),
        ("naive turing", "full"),
        ("beta-vae", "full"),
        ("eth", "full"),
        ("one two", "year count"),
        ('"one two."', "year"),
        ('"one two', "year count"),
        ("three one", "count"),
        ('" "', "full year count bare"),
        ("absent", ""),
        ("(.*)[", ""),
    ],
)
def test_text_is_looked_for_in_titles_abstracts_and_authors(text: str, found: str) -> None:
    assert _ids(narrowed(ROWS, text)) == found.split()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(since="2024"), "full year"),
        (Filters(until="2023"), "count"),
        (Filters(since="2024-02", until="2024-09"), "full"),
        (Filters(pages=["002"]), "full count"),
        (Filters(pages=["001", "009"]), "full"),
        (Filters(min_authors=5), "full count"),
        (Filters(max_authors=5, words=["TWO"]), "year"),
        (Filters(), "full year count bare"),
    ],
)
def test_conditions_are_those_of_a_question(filters: Filters, found: str) -> None:
    assert _ids(narrowed(ROWS, filters=filters)) == found.split()


def test_conditions_find_what_the_store_finds(tmp_path) -> None:
    from index.hash_embedding import HashEmbedder
    from index.store import PaperIndex

    papers = [FULL, YEAR, COUNT, BARE, *study_papers(20)]
    with PaperIndex.open(tmp_path / "store", embedder=HashEmbedder()) as index:
        index.add(papers)
        rows = table(index.query())
        for filters in (
            Filters(since="2023-05", until="2024-01"),
            Filters(pages=["page", "002_b"], max_authors=20),
            Filters(words=["marker1"]),
        ):
            assert sorted(_ids(narrowed(rows, filters=filters))) == index.ids(filters)


def test_fifty_thousand_papers_are_narrowed_while_one_types() -> None:
    rows = table(study_papers(1_000)) * 50
    begun = time.perf_counter()
    found = narrowed(rows, "marker99 diffusion", Filters(pages=["page"]))
    ordered(rows, "title")
    assert time.perf_counter() - begun < 2
    assert 0 < len(found) < 1_000
