"""Columns that name a person together."""

from services.datasets.checks.quasi_identifiers import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_rare_combinations_are_counted() -> None:
    found = find_one(CHECK, {"Age": [30] * 6 + [40, 50, 50], "gender": ["f"] * 7 + ["m", "m"], "x": range(9)})
    assert found.columns == ("Age", "gender")
    assert (found.n_rows_affected, found.evidence["smallest"], found.evidence["n_unique"]) == (3, 1, 1)
    assert found.fixes[0]["column"] == "Age"


def test_combinations_of_five_rows_pass() -> None:
    assert not find(CHECK, {"age": [30] * 5 + [40] * 5, "sex": ["f"] * 5 + ["m"] * 5})


def test_one_such_column_names_nobody() -> None:
    assert outcome_of(CHECK, {"age": [30, 40], "wage": [1, 2], "usage": [1, 2]}) == "not_applicable"


def test_a_column_that_is_left_out_names_nobody() -> None:
    columns = {"age": [30, 40], "sex": ["f", "m"]}
    assert outcome_of(CHECK, columns, excluded={"age": "too fine"}) == "not_applicable"
