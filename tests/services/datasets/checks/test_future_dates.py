"""Dates that have not come yet."""

from datetime import date
from typing import Any

import pandas as pd

from services.datasets.checks.future_dates import CHECK
from tests.makers_checks import find, find_one, outcome_of

TODAY = date(2025, 6, 15)


def moments(*days: str) -> "pd.Series[Any]":
    return pd.Series(days, dtype="datetime64[us]")


def test_a_date_ahead_is_a_question() -> None:
    found = find_one(CHECK, {"d": moments(*["2025-06-15"] * 9, "2035-01-01")}, today=TODAY)
    assert (found.n_rows_affected, found.severity) == (1, "amber")
    assert "1 date of “d” lies after today (2025-06-15)" in found.sentence
    assert found.fixes[0]["step"]["condition"]["operator"] == "after"


def test_many_dates_ahead_are_plans() -> None:
    found = find_one(CHECK, {"due": moments("2025-01-01", "2026-01-01")}, today=TODAY)
    assert (found.severity, found.fixes) == ("info", ())


def test_today_and_stand_ins_for_never_pass() -> None:
    assert not find(CHECK, {"d": moments("2025-06-15", "9999-12-31")}, today=TODAY)


def test_without_dates_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"x": [1]}) == "not_applicable"
