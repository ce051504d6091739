"""Pasted amounts: read where there is one reading, asked where there are two."""

import pytest

from services.errors import InvalidInputError
from services.valuation.typed_amounts import read_amount, readings


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1234", 1234),
        ("12,5", 12.5),
        ("1 234,5", 1234.5),
        ("−7", -7),
        ("1’234’567", 1_234_567),
    ],
)
def test_what_can_be_read_in_one_way_is_read(text: str, amount: float) -> None:
    assert read_amount(text, "Value") == amount


@pytest.mark.parametrize(
    ("text", "both"), [("1.234", (1.234, 1234)), ("1,234", (1.234, 1234)), ("-1.234", (-1234, -1.234))]
)
def test_what_can_be_read_in_two_ways_is_asked(text: str, both: tuple[float, float]) -> None:
    assert readings(text) == both
    with pytest.raises(InvalidInputError, match=r"can mean -?1.234 or -?1234"):
        read_amount(text, "Value")


@pytest.mark.parametrize("text", ["", "n/a", "1,2,3", "1.2.3", "12 EUR", "1e5", "٣"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="not a number"):
        read_amount(text, "Value")
