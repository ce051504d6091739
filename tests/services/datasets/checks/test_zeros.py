"""Amounts that are mostly zero."""

from services.datasets.checks.zeros import CHECK
from tests.makers_checks import find, find_one, outcome_of


def test_many_zeros_among_amounts_are_a_question() -> None:
    found = find_one(CHECK, {"gain": [0] * 90 + list(range(1, 31))})
    assert "is 0 in 90 rows (75%)" in found.sentence
    assert found.fixes[0]["step"]["values"] == [0]


def test_fewer_zeros_pass() -> None:
    assert not find(CHECK, {"gain": [0] * 50 + list(range(1, 31))})


def test_a_yes_or_no_is_no_amount() -> None:
    assert outcome_of(CHECK, {"flag": [0] * 90 + [1] * 10}) == "not_applicable"
