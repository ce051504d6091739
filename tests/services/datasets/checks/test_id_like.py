"""Columns that name rows."""

import random

from services.datasets.checks.id_like import CHECK
from tests.makers_checks import find, find_one

NAMES = [f"{number:04d}-AB" for number in random.Random(0).sample(range(1000), 200)]


def test_a_key_is_found_and_may_be_left_out() -> None:
    found = find_one(CHECK, {"customerID": NAMES, "age": [20, 30] * 100})
    assert found.sentence == "“customerID” names single rows: 200 different values in 200 rows."
    assert (found.severity, found.fixes[0]["column"]) == ("amber", "customerID")


def test_a_running_number_in_a_table_sorted_by_outcome_is_grave() -> None:
    found = find_one(CHECK, {"id": range(200), "left": ["No"] * 120 + ["Yes"] * 80}, target="left")
    assert found.severity == "red"
    assert "sorted by the outcome" in found.sentence
    assert found.evidence["score"] == 1.0


def test_an_amount_with_many_digits_names_nothing() -> None:
    assert not find(CHECK, {"amount": [random.Random(n).random() for n in range(200)]})
