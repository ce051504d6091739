"""Rows over time."""

import pandas as pd
import pytest

from services.datasets.checks.coverage import MAX_PERIODS, cover_time
from tests.makers_checks import make_subject


def days(*spans: tuple[str, int]) -> "pd.Series[pd.Timestamp]":
    moments = [moment for start, length in spans for moment in pd.date_range(start, periods=length)]
    return pd.Series(moments, dtype="datetime64[us]")


def test_rows_are_counted_and_empty_stretches_shown() -> None:
    found = cover_time(make_subject({"d": days(("2024-01-01", 31), ("2024-03-01", 31)), "x": range(62)}))
    assert found is not None
    assert found.unit == "week"
    assert sum(period.n_rows for period in found.periods) == 62
    assert 0 in [period.n_rows for period in found.periods]
    assert all(period.target_mean is None for period in found.periods)


def test_the_outcome_is_shown_for_stretches_with_rows() -> None:
    columns = {"d": days(("2024-01-01", 10)), "y": ["No"] * 5 + ["Yes"] * 4 + [None]}
    found = cover_time(make_subject(columns, target="y", positive_label="Yes"))
    assert found is not None
    assert [period.target_mean for period in found.periods] == [0.0] * 5 + [1.0] * 4 + [None]


@pytest.mark.parametrize("n_days", [1_000, 20_000, 100_000])
def test_it_stays_small(n_days: int) -> None:
    moments = pd.Series(pd.date_range("1750-01-01", periods=n_days, unit="us"))
    found = cover_time(make_subject({"d": moments}))
    assert found is not None
    assert len(found.periods) <= MAX_PERIODS


def test_without_dates_there_is_no_time() -> None:
    assert cover_time(make_subject({"x": [1, 2]})) is None
