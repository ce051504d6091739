"""The values of one case are told just as the data say them, each column once and by its own name."""

from typing import Any

import pandas as pd

from portal.ui.what_if import values_told
from tests.services.deployments.test_what_if import make_case

KINDS = {"price": "number", "contract": "category", "since": "date", "amount": "number"}


def told(labels: dict[str, str] | None = None, units: dict[str, str] | None = None, **values: Any) -> list[Any]:
    rows = pd.DataFrame({name: [value] for name, value in values.items()})
    case = make_case(names=tuple(values), rows=rows, labels=labels or {}, units=units or {})
    return [*values_told(case, KINDS)]


def test_no_number_is_rounded() -> None:
    assert told(price=999.6) == [("price", "999.6")]
    assert told(price=1_234.56, units={"price": "EUR"}) == [("price", "1,234.56 EUR")]
    assert told(price=45.75, units={"price": "years"}) == [("price", "45.75 years")]
    assert told(price=1.0, units={"price": "months"}) == [("price", "1 month")]
    assert told(price=-0.125, units={"price": "%"}) == [("price", "−0.125%")]


def test_two_columns_that_are_called_alike_both_stand() -> None:
    assert told(price=1.0, amount=2.0, labels={"price": "amount"}) == [("amount", "1"), ("amount", "2")]


def test_a_day_is_a_day_and_what_is_missing_is_left_out() -> None:
    assert told(since=20_514.0, price=float("nan"), contract="One year") == [
        ("since", "2 Mar 2026"),
        ("contract", "One year"),
    ]
