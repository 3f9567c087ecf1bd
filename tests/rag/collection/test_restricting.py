"""Conditions on top of others, and in their place."""

from __future__ import annotations

import datetime as dt

import pytest

from index.types import Filters
from rag.collection.query import Conditions
from rag.collection.restricting import restricted

Y24 = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))
MAY = (dt.date(2024, 5, 1), dt.date(2024, 5, 31))
Y23 = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))


@pytest.mark.parametrize(
    ("before", "new", "adds", "dates"),
    [
        (Y24, MAY, True, MAY),
        (MAY, Y24, True, MAY),
        (MAY, Y24, False, Y24),
        (Y24, Y23, True, Y23),
        (Y24, (None, None), True, Y24),
        (Y24, (dt.date(2024, 6, 1), None), True, (dt.date(2024, 6, 1), Y24[1])),
    ],
)
def test_dates_narrow_or_change(before, new, adds, dates):
    found, _ = restricted(
        (Filters(*before), Conditions()), (Filters(*new), Conditions()), adds=adds
    )
    assert (found.since, found.until) == dates


def test_several_stretches_are_narrowed_each():
    several = (Filters(), Conditions(periods=(Y23, Y24)))
    found, conditions = restricted(several, (Filters(*MAY), Conditions()), adds=True)
    assert (found.since, found.until, conditions.periods) == (*MAY, ())
    found, conditions = restricted((Filters(), Conditions()), several, adds=True)
    assert (found, conditions.periods) == (Filters(), (Y23, Y24))


def test_numbers_of_authors_narrow_or_change():
    more, fewer = Filters(min_authors=5), Filters(max_authors=9)
    found, _ = restricted((more, Conditions()), (fewer, Conditions()), adds=True)
    assert (found.min_authors, found.max_authors) == (5, 9)
    found, _ = restricted((more, Conditions()), (fewer, Conditions()), adds=False)
    assert (found.min_authors, found.max_authors) == (None, 9)
    found, _ = restricted((more, Conditions()), (Filters(max_authors=3), Conditions()), adds=True)
    assert (found.min_authors, found.max_authors) == (None, 3)


def test_pages_narrow_or_change():
    one, two = Filters(pages=("1",)), Filters(pages=("2",))
    found, conditions = restricted((one, Conditions()), (two, Conditions()), adds=True)
    assert (found.pages, conditions.all_pages) == (("1",), ("2",))
    found, conditions = restricted((one, Conditions()), (two, Conditions()), adds=False)
    assert (found.pages, conditions) == (("2",), Conditions())


def test_words_add_up_and_what_is_of_another_kind_stays():
    before = (Filters(*Y24), Conditions(by="NVIDIA", mentions=("LoRA",), among=("p",)))
    _, added = restricted(before, (Filters(), Conditions(mentions=("RAG",))), adds=True)
    assert (added.by, added.mentions, added.among) == ("NVIDIA", ("LoRA", "RAG"), ("p",))
    _, changed = restricted(before, (Filters(), Conditions(mentions=("RAG",))), adds=False)
    assert changed.mentions == ("RAG",)
