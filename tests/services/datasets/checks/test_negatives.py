"""A few amounts below zero."""

from services.datasets.checks.negatives import CHECK
from tests.makers_checks import find, find_one


def test_a_few_negatives_are_a_question_with_two_answers() -> None:
    found = find_one(CHECK, {"price": [-5.0, *[n * 1.5 for n in range(200)]]})
    assert "is below zero in 1 row (0.5%)" in found.sentence
    assert [fix["step"]["kind"] for fix in found.fixes] == ["exclude_rows", "clip"]


def test_a_column_around_zero_passes() -> None:
    assert not find(CHECK, {"change": [n * 1.5 for n in range(-50, 50)]})
