"""Spaces that nobody sees."""

from services.datasets.checks.whitespace import CHECK
from tests.makers_checks import find, find_one


def test_padded_cells_are_counted_not_values() -> None:
    found = find_one(CHECK, {"x": ["a", "a ", "a ", "\u00a0b"]})
    assert (found.n_rows_affected, found.evidence["n_values"]) == (3, 2)
    assert found.fixes[0]["step"]["columns"] == ["x"]


def test_spaces_between_words_and_blanks_are_other_questions() -> None:
    assert not find(CHECK, {"x": ["a b", "   ", "c"]})
