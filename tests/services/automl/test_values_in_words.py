"""Numbers, days and shares as a sentence says them."""

import math

import pytest

from services.automl.measured import Measured
from services.automl.values_in_words import day_in_words, number_in_words, share_in_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.012345, "0.0123"),
        (12.345, "12.3"),
        (1234.5, "1,234"),
        (100.0, "100"),
        (-4.2371, "−4.24"),
        (1.2345e15, "1.23e+15"),
        (math.inf, "none"),
        (math.nan, "none"),
    ],
)
def test_numbers_have_about_three_digits(value: float, words: str) -> None:
    assert number_in_words(value) == words


@pytest.mark.parametrize(("days", "words"), [(0.0, "1970-01-01"), (19_783.5, "2024-03-01"), (math.nan, "none")])
def test_days_are_dates(days: float, words: str) -> None:
    assert day_in_words(days) == words


def test_a_day_outside_the_calendar_is_a_number() -> None:
    assert day_in_words(1e9) == "1,000,000,000"


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0%"), (0.001, "0.1%"), (0.5, "50%"), (0.999, "99.9%"), (1.0, "100%")]
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(share: float, words: str) -> None:
    assert share_in_words(share) == words


def test_a_measure_has_its_interval_where_it_has_one() -> None:
    assert Measured(0.5, 0.25, 0.75, 9, "").in_words() == "0.50 (0.25 to 0.75)"
    assert Measured(0.5, None, None, 9, "").in_words(3) == "0.500"
