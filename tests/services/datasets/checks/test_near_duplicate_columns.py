"""Two columns that say the same."""

import numpy as np
import pandas as pd

from services.datasets.checks.near_duplicate_columns import CHECK
from tests.makers_checks import find, find_one, outcome_of

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=300)


def test_equal_columns_are_found_whatever_their_type() -> None:
    found = find_one(CHECK, {"a": [1, 2, 3, 1], "b": [1.0, 2.0, 3.0, 1.0]})
    assert found.sentence == "“b” and “a” say the same in every row."
    assert (found.severity, found.fixes[0]["column"]) == ("amber", "b")


def test_a_renamed_category_says_the_same() -> None:
    assert find(CHECK, {"sex": ["m", "f", "f", None], "gender": ["male", "female", "female", None]})


def test_numbers_that_rise_together_are_found_by_their_order() -> None:
    found = find_one(CHECK, {"a": X, "b": np.exp(X), "c": DRAW.normal(size=300)})
    assert (found.columns, found.evidence["correlation"]) == (("a", "b"), 1.0)


def test_an_opposite_is_found_too() -> None:
    assert "move against each other" in find_one(CHECK, {"a": X, "b": -X + 0.01 * DRAW.normal(size=300)}).sentence


def test_a_column_that_follows_two_is_told_of_once() -> None:
    found = find(CHECK, {"a": X, "b": X + 0.01 * DRAW.normal(size=300), "c": X + 0.01 * DRAW.normal(size=300)})
    assert [one.columns for one in found] == [("a", "b"), ("a", "c")]


def test_equal_gaps_are_needed_for_equal_columns() -> None:
    assert not find(CHECK, {"a": [1.0, 2.0, None, 1.0], "b": [1.0, 2.0, 3.0, 1.0]})


def test_dates_and_numbers_are_not_equal() -> None:
    moments = pd.to_datetime(pd.Series(["1970-01-01", "1970-01-02"])).astype("datetime64[us]")
    assert not find(CHECK, {"a": moments, "b": moments.astype("int64")})


def test_excluded_columns_are_not_compared() -> None:
    assert outcome_of(CHECK, {"a": X, "b": X}, excluded={"b": "the same"}) == "not_applicable"
