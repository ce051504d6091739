"""A column where a handful of rows differ."""

from services.datasets.checks.nearly_constant import CHECK
from tests.makers_checks import find, find_one


def test_one_value_in_nearly_all_cells_is_found() -> None:
    found = find_one(CHECK, {"street": ["Pave"] * 995 + ["Grvl"] * 5})
    assert "one value in 99.5% of its cells; only 5 rows differ." in found.sentence
    assert (found.n_rows_affected, found.severity) == (5, "info")


def test_gaps_do_not_count_as_values() -> None:
    assert find(CHECK, {"x": [None] * 500 + ["a"] * 499 + ["b"]})


def test_two_in_a_hundred_are_enough() -> None:
    assert not find(CHECK, {"x": ["a"] * 98 + ["b"] * 2})


def test_a_constant_is_another_check() -> None:
    assert not find(CHECK, {"x": ["a"] * 100, "y": [None] * 100})
