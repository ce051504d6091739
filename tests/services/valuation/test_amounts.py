"""Money in words: short, with a true minus, never a dollar sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.amounts import format_exact_money, format_money

MINUS = "−\u2060"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "€0"),
        (0.4, "€0.40"),
        (42, "€42"),
        (-42, f"{MINUS}€42"),
        (999.4, "€999"),
        (999.6, "€1k"),
        (1_200, "€1.2k"),
        (9_949, "€9.9k"),
        (9_951, "€10k"),
        (310_000, "€310k"),
        (999_499, "€999k"),
        (999_501, "€1m"),
        (1_240_000, "€1.2m"),
        (-1_000_000, f"{MINUS}€1m"),
        (2_500_000_000, "€2.5bn"),
    ],
)
def test_an_amount_has_at_most_three_digits(amount: float, text: str) -> None:
    assert format_money(amount) == text


def test_a_gain_may_carry_a_plus_and_nothing_carries_none() -> None:
    assert format_money(1_000, sign=True) == "+\u2060€1k"
    assert format_money(0, sign=True) == "€0"
    assert format_money(-0.001) == "€0"


@pytest.mark.parametrize(
    ("currency", "text"), [("GBP", "£310k"), ("USD", "USD 310k"), ("CHF", "CHF 310k"), ("JPY", "JPY 310k")]
)
def test_a_currency_without_a_safe_sign_is_written_out(currency: str, text: str) -> None:
    assert format_money(310_000, currency) == text


@pytest.mark.parametrize(
    ("amount", "decimals", "text"), [(1_140_000, 2, "€1.14m"), (999_500, 1, "€999.5k"), (-12.5, 2, f"{MINUS}€12.50")]
)
def test_neighbouring_amounts_can_be_told_apart(amount: float, decimals: int, text: str) -> None:
    assert format_money(amount, decimals=decimals) == text


def test_a_table_shows_exact_amounts() -> None:
    assert format_exact_money(298_000) == "€298,000"
    assert format_exact_money(-1_234.6, "USD") == f"{MINUS}USD 1,235"


@given(st.floats(-1e12, 1e12), st.sampled_from(["EUR", "USD", "GBP"]))
def test_an_amount_is_short_and_never_starts_mathematics(amount: float, currency: str) -> None:
    text = format_money(amount, currency)
    assert "$" not in text
    assert len(text) <= 13
    assert ("−" in text) == (amount < 0 and any(digit in text for digit in "123456789"))
