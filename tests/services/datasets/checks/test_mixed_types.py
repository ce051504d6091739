"""Numbers and dates that are kept as text."""

import pytest

from services.datasets.checks.mixed_types import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_numbers_with_a_few_words_could_be_numbers() -> None:
    found = find_one(CHECK, {"total": ["1.5", "2", "-3e2", "12.0"] * 10 + ["n.d."]})
    assert "40 of 41 cells (98%) are numbers; the other 1 would become missing" in found.sentence
    assert found.fixes[0]["step"] | {"reason": ""} == {
        "kind": "to_number", "reason": "", "column": "total", "decimal_comma": False
    }  # fmt: skip


def test_decimal_commas_are_recognised() -> None:
    assert find_one(CHECK, {"x": ["1,5", "2,25", "x"] * 5 + ["3,5"] * 5}).evidence["n_other"] == 5
    assert find_one(CHECK, {"x": ["1,5", "2,25", "7"] * 5}).fixes[0]["step"]["decimal_comma"] is True


def test_half_numbers_are_found_without_a_fix() -> None:
    assert not find_one(CHECK, {"x": ["1", "two", "3", "four"]}).fixes


@pytest.mark.parametrize(
    "values",
    [["01234", "98765"], ["12345678901234567890", "2234567890123456789"], ["A1", "B2"], ["a", "b"]],
    ids=["postcodes", "account numbers", "codes", "words"],
)
def test_names_made_of_digits_stay_text(values: list[str]) -> None:
    assert not find(CHECK, {"x": values})


@pytest.mark.parametrize(
    ("values", "orders"),
    [
        (["2024-01-31", "2023-12-01 10:00"], ["iso"]),
        (["31/01/2024", "01/02/2024"], ["day"]),
        (["01/31/2024", "01/02/2024"], ["month"]),
        (["01/02/2024", "03/04/2024"], ["day", "month"]),
    ],
)
def test_dates_in_text_are_read_in_the_order_they_have(values: list[str], orders: list[str]) -> None:
    found = find_one(CHECK, {"x": values})
    assert [fix["step"]["order"] for fix in found.fixes] == orders


def test_amounts_with_units_are_told_apart_from_codes() -> None:
    assert find_one(CHECK, {"x": ["1,200 EUR", "15 EUR", "$ 7"]}).severity == "info"
    assert not find(CHECK, {"x": ["1Fam", "2Fam", "TwnhsE"]})


def test_without_text_there_is_nothing_to_ask() -> None:
    assert outcome_of(CHECK, {"x": [1, 2]}) == "not_applicable"
