"""Time in which nothing was recorded."""

import numpy as np
import pandas as pd

from services.datasets.checks.date_gaps import CHECK
from tests.makers_checks import find, find_one, outcome_of

DAYS = pd.Series(pd.date_range("2023-01-01", periods=700).astype("datetime64[us]"))


def test_missing_months_are_found_with_their_start() -> None:
    moments = DAYS[(DAYS < "2023-05-01") | (DAYS >= "2023-09-01")].reset_index(drop=True)
    found = find_one(CHECK, {"ordered": moments})
    assert "There are no rows for" in found.sentence
    assert "from 2023-05-" in found.sentence
    assert (found.severity, found.evidence["n_gaps"]) == ("amber", 1)


def test_weekends_are_no_gaps() -> None:
    workdays = DAYS[DAYS.dt.day_of_week < 5]
    assert not find(CHECK, {"ordered": np.repeat(workdays.to_numpy(), 20)})


def test_a_steady_stream_passes() -> None:
    assert not find(CHECK, {"ordered": DAYS})


def test_one_slip_to_the_year_9999_makes_no_gap() -> None:
    moments = pd.concat([DAYS, pd.Series(["9999-12-31"], dtype="datetime64[us]")], ignore_index=True)
    assert not find(CHECK, {"ordered": moments})


def test_few_dates_are_no_ground_for_an_answer() -> None:
    assert outcome_of(CHECK, {"ordered": DAYS.head(10)}) == "not_applicable"
    assert outcome_of(CHECK, {"x": [1, 2]}) == "not_applicable"
