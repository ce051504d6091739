"""Dates long before the others."""

from typing import Any

import pandas as pd

from services.datasets.checks.implausible_dates import CHECK
from tests.makers_checks import find, find_one


def moments(*days: str) -> "pd.Series[Any]":
    return pd.Series(days, dtype="datetime64[us]")


def test_a_lost_century_is_found() -> None:
    found = find_one(CHECK, {"d": moments(*["2024-01-01"] * 9, "1924-01-01")})
    assert "1 date of “d” lies before 1950" in found.sentence
    assert found.fixes[0]["step"]["condition"] == {"column": "d", "operator": "before", "value": "1950-01-01"}


def test_people_may_be_old_but_not_that_old() -> None:
    assert not find(CHECK, {"birth_date": moments(*["1990-01-01"] * 9, "1924-01-01")})
    assert find(CHECK, {"birth_date": moments(*["1990-01-01"] * 9, "1890-05-05")})


def test_a_table_about_old_times_passes() -> None:
    assert not find(CHECK, {"d": moments("1850-05-05", "1860-05-05", "1870-05-05")})
