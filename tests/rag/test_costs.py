"""What an answer cost: as reported, from prices, or not known."""

import pytest

from index.errors import ConfigError
from rag.costs import Prices, Spent, cost_usd, parse_prices, spent
from rag.models import Completion
from rag.types import Usage


@pytest.mark.parametrize(
    ("text", "prices"),
    [("0.25,2", Prices(0.25, 2.0)), (" 3 , 15 ", Prices(3.0, 15.0)), ("0,0", Prices(0.0, 0.0))],
)
def test_prices_as_people_write_them(text, prices):
    assert parse_prices(text) == prices


@pytest.mark.parametrize(
    "text", ["", "1", "1,2,3", "a,b", "-1,2", "nan,1", "inf,1", "1;2", "$1,$2"]
)
def test_prices_that_are_none(text):
    with pytest.raises(ConfigError, match="INPUT,OUTPUT"):
        parse_prices(text)


@pytest.mark.parametrize(
    ("usage", "reported", "prices", "cost"),
    [
        (Usage(1_000_000, 500_000), None, Prices(0.25, 2.0), 1.25),
        (Usage(10, 10), 0.5, Prices(0.25, 2.0), 0.5),
        (Usage(10, 10), 0.0, Prices(1, 1), 0.0),
        (Usage(10, 10), None, None, None),
        (Usage(), None, Prices(1, 1), None),
    ],
)
def test_what_is_reported_comes_first_then_prices(usage, reported, prices, cost):
    assert cost_usd(usage, reported, prices) == cost


def test_a_sum_is_known_only_where_all_its_parts_are():
    some, more = Spent(Usage(1, 2), 0.5), Spent(Usage(3, 4), 0.25)
    assert some + more == Spent(Usage(4, 6), 0.75)
    assert some + Spent(Usage(3, 4), None) == Spent(Usage(4, 6), None)
    assert some + Spent() == some


def test_what_a_call_took_is_what_its_end_reports():
    prices = Prices(1.0, 1.0)
    assert spent(Completion("failed", Usage(5, 5)), prices) == Spent(Usage(5, 5), 1e-5)
    assert spent(Completion("complete", Usage(5, 5), cost_usd=0.5), prices).cost_usd == 0.5
    assert spent(Completion("complete"), prices).cost_usd is None
