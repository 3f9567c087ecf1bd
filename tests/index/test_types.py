import datetime as dt

import pytest

from index.types import Paper

DAY = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("date", "precision", "known"),
    [
        (DAY, None, "2024-03-01"),
        (DAY, "month", "2024-03"),
        (DAY, "year", "2024"),
        (DAY, "season", "2024-03-01"),
        (None, "year", ""),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(
    date: dt.date | None, precision: str | None, known: str
) -> None:
    extra = {"date_precision": precision} if precision else {}
    assert Paper("p", "Title", "Abstract.", date, extra=extra).known_date == known
