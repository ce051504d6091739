"""What changes along time."""

import numpy as np
import pandas as pd

from services.datasets.checks.drift_over_time import CHECK
from tests.makers_checks import find, find_one, outcome_of

DRAW = np.random.default_rng(0)
DAYS = pd.Series(pd.date_range("2022-01-01", periods=730).repeat(3).astype("datetime64[us]"))
N = len(DAYS)


def outcomes(rate: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[str]:
    return ["Yes" if hit else "No" for hit in DRAW.random(N) < rate]


def test_an_outcome_that_becomes_frequent_is_found() -> None:
    found = find_one(CHECK, {"day": DAYS, "y": outcomes(np.linspace(0.05, 0.4, N))}, target="y", positive_label="Yes")
    assert (found.severity, found.columns) == ("amber", ("y",))
    assert found.evidence["highest"] > 2 * found.evidence["lowest"]


def test_a_steady_outcome_passes() -> None:
    assert not find(CHECK, {"day": DAYS, "y": outcomes(np.full(N, 0.2))}, target="y")


def test_a_number_that_moves_is_found_without_a_target() -> None:
    columns = {"day": DAYS, "price": np.linspace(0, 3, N) + DRAW.normal(size=N), "noise": DRAW.normal(size=N)}
    found = find_one(CHECK, columns)
    assert (found.columns, found.severity) == (("price",), "amber")
    assert "has moved up along “day”" in found.sentence


def test_without_dates_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"x": range(500)}) == "not_applicable"
    assert outcome_of(CHECK, {"day": DAYS.head(20)}) == "not_applicable"
