"""Columns from after the outcome."""

import numpy as np
import pandas as pd
import pytest

from services.datasets.checks.post_outcome import CHECK, is_named_afterwards
from tests.makers_checks import find, find_one, outcome_of

Y = ["Yes", "No"] * 100


@pytest.mark.parametrize(
    "name", ["close_date", "closedAt", "Settlement", "outcome_code", "status_after", "Result", "resolved_on"]
)
def test_names_of_what_comes_last_are_recognised(name: str) -> None:
    assert is_named_afterwards(name)


@pytest.mark.parametrize("name", ["closet", "disclosed", "status", "resulting_x1y", "age", "enclosure"])
def test_names_that_only_contain_such_words_are_not(name: str) -> None:
    assert not is_named_afterwards(name)


def test_such_a_name_is_grave_unless_the_dictionary_knows_better() -> None:
    columns = {"close_reason": ["a", "b", "c", "d"] * 50, "y": Y}
    assert find_one(CHECK, columns, target="y").severity == "red"
    assert not find(CHECK, columns, target="y", descriptions={"close_reason": {"known_before_decision": "yes"}})


def test_what_the_dictionary_knows_to_come_later_is_grave() -> None:
    found = find_one(
        CHECK, {"x": [1, 2, 3, 4] * 50, "y": Y}, target="y", descriptions={"x": {"known_before_decision": "no"}}
    )
    assert found.severity == "red"
    assert found.sentence.startswith("The dictionary says")


def test_gaps_that_tell_the_outcome_are_a_question() -> None:
    found = find_one(CHECK, {"refund": [1.5, None, 2.5, None] * 50, "y": Y}, target="y")
    assert (found.severity, found.evidence["score"]) == ("amber", 1.0)


def test_a_second_date_that_always_comes_later_is_a_question() -> None:
    start = pd.Series(pd.date_range("2024-01-01", periods=200).astype("datetime64[us]"))
    columns = {"ordered_at": start, "paid_at": start + pd.Timedelta(days=9), "y": Y}
    found = find_one(CHECK, columns, target="y")
    assert found.columns == ("paid_at",)
    assert "later than “ordered_at” in 100% of the rows" in found.sentence


def test_random_gaps_pass() -> None:
    values = np.where(np.random.default_rng(0).random(200) < 0.3, np.nan, 1.0)
    assert not find(CHECK, {"x": values, "y": Y}, target="y")


def test_without_a_target_nothing_comes_after_it() -> None:
    assert outcome_of(CHECK, {"close_date": [1, 2]}) == "not_applicable"
