"""Values far from the rest."""

import pytest

from services.datasets.checks.outliers import CHECK
from tests.makers_checks import find, find_one, outcome_of

AGES = [float(20 + number % 40) for number in range(1000)]


def test_a_slip_of_the_hand_is_found_and_held() -> None:
    found = find_one(CHECK, {"age": [*AGES, 4200.0]})
    assert found.severity == "amber"
    assert found.sentence.startswith("1 value of “age” (less than 0.1%) lies far from the rest: 1 above")
    step = found.fixes[0]["step"]
    assert "low" not in step
    assert step["high"] == pytest.approx(found.evidence["high"])


def test_whole_numbers_are_held_at_whole_numbers() -> None:
    found = find_one(CHECK, {"age": [*map(int, AGES), -4200]})
    assert isinstance(found.fixes[0]["step"]["low"], int)
    assert "−" in found.sentence


def test_a_long_tail_belongs_to_the_column() -> None:
    assert not find(CHECK, {"x": [*AGES, *[float(n) for n in range(1000, 1100)]]})


def test_without_spread_in_the_middle_nothing_is_far() -> None:
    assert not find(CHECK, {"x": [0.0] * 900 + [float(n) for n in range(30)]})


def test_few_values_have_no_rest() -> None:
    assert outcome_of(CHECK, {"x": [1, 2, 300]}) == "not_applicable"
