"""A column that never changes says nothing."""

from services.datasets.checks.constant import CHECK
from tests.makers_checks import find, find_one


def test_one_value_everywhere_is_found() -> None:
    found = find_one(CHECK, {"country": ["DE"] * 3, "age": [1, 2, 3]})
    assert found.sentence == "“country” has the same value in every row, so a model learns nothing from it."
    assert (found.severity, found.columns, found.n_rows_affected) == ("amber", ("country",), 3)
    assert [(fix["kind"], fix["column"]) for fix in found.fixes] == [("exclude_column", "country")]


def test_an_empty_column_is_called_empty() -> None:
    assert "is empty in every row" in find_one(CHECK, {"x": [None, None], "age": [1, 2]}).sentence


def test_two_values_are_enough() -> None:
    assert not find(CHECK, {"x": ["a", "b"]})


def test_the_target_is_not_asked() -> None:
    assert not find(CHECK, {"x": ["a", "b"], "y": [1, 1]}, target="y")
