"""Which dates say when a row happened, and how they are grouped."""

import numpy as np
import pandas as pd
import pytest

from services.datasets.checks.calendar import main_date, split_periods
from services.datasets.checks.subject import NotApplicableError
from tests.makers_checks import make_subject


def moments(*days: str | None) -> "pd.Series[pd.Timestamp]":
    return pd.Series(days, dtype="datetime64[us]")


def test_the_date_with_fewest_gaps_comes_first_and_births_never() -> None:
    two = moments("2024-01-01", "2024-01-02")
    assert main_date(make_subject({"birth_date": two, "closed": moments("2024-01-01", None), "x": two})) == "x"
    assert main_date(make_subject({"due": two, "created_at": two})) == "created_at"
    with pytest.raises(NotApplicableError):
        main_date(make_subject({"birth_date": two}))


@pytest.mark.parametrize(
    ("last", "unit", "n_periods"),
    [("2024-01-10", "day", 10), ("2024-02-15", "week", 7), ("2024-06-30", "month", 6), ("2026-06-30", "quarter", 10),
     ("2033-06-30", "year", 10)],
)  # fmt: skip
def test_the_finest_unit_that_fits_is_taken(last: str, unit: str, n_periods: int) -> None:
    periods = split_periods(moments("2024-01-01", None, last).to_numpy(), 12)
    assert (periods.unit, periods.n_periods) == (unit, n_periods)
    assert periods.places.tolist() == [0, -1, n_periods - 1]


def test_stretches_begin_on_calendar_days() -> None:
    periods = split_periods(moments("2024-02-15", "2026-08-15").to_numpy(), 12)
    assert periods.starts()[:2] == ["2024-01-01", "2024-04-01"]


def test_weeks_begin_on_mondays() -> None:
    assert split_periods(moments("2024-01-03", "2024-03-01").to_numpy(), 12).starts()[:2] == [
        "2024-01-01",
        "2024-01-08",
    ]


def test_a_slip_to_another_age_is_left_out() -> None:
    days = [*pd.date_range("2024-01-01", periods=100).astype(str), "9999-12-31"]
    periods = split_periods(moments(*days).to_numpy(), 400)
    assert (periods.unit, periods.n_periods, periods.places[-1]) == ("day", 100, -1)


def test_centuries_keep_their_last_years() -> None:
    days = moments(*[f"{year}-01-01" for year in range(1600, 2000, 10)])
    periods = split_periods(days.to_numpy(), 50)
    assert (periods.n_periods, periods.starts()[-1]) == (50, "1990-01-01")
    assert int(np.sum(periods.places >= 0)) == 5
