"""Names of variants as people share them."""

import pytest

from services.automl.pins import MAX_PINS, Pin, find_pinned, read_pins
from tests.services.automl.test_sentences import make_trial, make_view


def test_a_pin_is_spelled_by_two_numbers_and_read_back() -> None:
    assert str(Pin(3, 12)) == "3.12"
    assert read_pins(["3.12", "2.7"]) == (Pin(3, 12), Pin(2, 7))


@pytest.mark.parametrize("name", ["", "3", "3.", "0.1", "3.12.1", "-1.2", "1.2; drop", "99999999999.1", "١.٢"])
def test_what_names_no_variant_is_passed_over(name: str) -> None:
    assert read_pins([name, "1.1"]) == (Pin(1, 1),)


def test_each_counts_once_and_five_are_the_most() -> None:
    assert read_pins(["1.1", "1.1", "1.2"]) == (Pin(1, 1), Pin(1, 2))
    assert len(read_pins([f"1.{number}" for number in range(1, 9)])) == MAX_PINS


def test_only_variants_that_gave_a_model_are_found_in_the_order_of_the_pins() -> None:
    run = make_view(make_trial(1), make_trial(2), make_trial(3, state="failed", score=None), number=4)
    found = find_pinned([run], read_pins(["4.2", "4.1", "4.3", "5.1"]))
    assert [str(item.pin) for item in found] == ["4.2", "4.1"]
