"""Exact copies of rows."""

from services.datasets.checks.duplicate_rows import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_copies_are_counted_without_their_first() -> None:
    found = find_one(CHECK, {"a": ["x", "x", "x", "y", None, None], "b": [1.0, 1.0, 1.0, 1.0, None, None]})
    assert (found.n_rows_affected, found.severity) == (3, "amber")
    assert found.sentence.startswith("3 rows are exact copies of an earlier row (50.0%).")
    assert found.fixes[0]["step"]["kind"] == "drop_duplicates"


def test_one_copy_among_many_rows_is_told_without_alarm() -> None:
    found = find_one(CHECK, {"a": [*range(999), 0]})
    assert found.severity == "info"
    assert found.sentence.startswith("1 row is an exact copy")


def test_rows_that_differ_in_one_cell_are_no_copies() -> None:
    assert not find(CHECK, {"a": [1, 1, 2], "b": ["x", "y", "x"]})


def test_one_row_cannot_be_a_copy() -> None:
    assert outcome_of(CHECK, {"a": [1]}) == "not_applicable"
