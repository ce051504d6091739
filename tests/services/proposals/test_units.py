"""Numbers stand beside their units as people say them."""

import pytest

from services.proposals.sentences import lever_details
from services.proposals.units import beside_unit, with_unit


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.0, "days", "1 day"),
        (1_200.0, "days", "1,200 days"),
        (1.5, "days", "1.5 days"),
        (1.0, "ms", "1 ms"),
        (5.0, "%", "5%"),
        (24.0, "% of customers", "24% of customers"),
        (7.0, "", "7"),
        (0.123456789012, "", "0.123456789012"),
    ],
)
def test_what_was_said_is_repeated_to_the_digit(value: float, unit: str, words: str) -> None:
    assert with_unit(value, unit) == words


def test_one_that_is_written_is_one_whatever_it_was_rounded_from() -> None:
    assert beside_unit("1", "calls for help") == "1 call for help"
    assert beside_unit("1.0", "calls") == "1.0 calls"
    assert beside_unit("21", "°") == "21°"


def test_a_lever_that_moves_by_one_says_so_in_the_singular() -> None:
    said = {"step": 1.0, "unit": "days", "max_change": 1.0, "is_max_change_share": False}
    assert list(lever_details(said)) == ["in steps of 1 day", "moved by at most 1 day"]
