"""One category in several spellings."""

from services.datasets.checks.spelling_variants import CHECK, fold
from tests.makers_checks import find, find_one


def test_capitals_and_dashes_make_no_new_category() -> None:
    found = find_one(CHECK, {"city": ["New York"] * 3 + ["new-york", "NEW  YORK", "Bonn"]})
    assert "such as “New York” and “NEW  YORK”" in found.sentence
    assert found.n_rows_affected == 2
    assert found.fixes[0]["step"]["mapping"] == {"new-york": "New York", "NEW  YORK": "New York"}


def test_numbers_that_differ_by_a_sign_are_different() -> None:
    assert not find(CHECK, {"x": ["1.5", "1-5", "15"]})


def test_different_words_are_different() -> None:
    assert not find(CHECK, {"x": ["yes", "no"]})


def test_values_of_a_personal_column_are_not_quoted() -> None:
    names = [f"Person {letter * 2}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    found = find_one(CHECK, {"last_name": [*names, *names, "PERSON AA"]})
    assert "PERSON" not in found.sentence
    assert not found.fixes


def test_folding_twice_changes_nothing_more() -> None:
    assert fold(fold("  Straße_Nord ")) == fold("  Straße_Nord ") == "strasse nord"
