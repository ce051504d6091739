"""What wrong numbers cost, against the vectors of the pinball loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fairness.error_price import ErrorPrice
from services.valuation.forecast_cost import ForecastCost

PRICE = ErrorPrice(ForecastCost(0.1, 0.9), 12_000.0, "EUR", "unit")


def test_v3_5_it_is_the_pinball_loss_with_a_minus() -> None:
    y = np.array([1.0, 2.0, 3.0])
    assert PRICE.per_case(y, np.array([0.0, 2.0, 3.0])).mean() == pytest.approx(-0.1 / 3)
    assert PRICE.per_case(y, np.array([1.0, 2.0, 4.0])).mean() == pytest.approx(-0.3)


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.integers(0, 50))
def test_no_answer_brings_more_than_one_that_is_right(under: float, over: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    y, said = random.normal(size=20), random.normal(size=20)
    price = ErrorPrice(ForecastCost(under, over), 1.0, "EUR")
    assert (price.per_case(y, said) <= 0).all()
    assert (price.per_case(y, y) == 0).all()
    assert -price.per_case(y, said).mean() == pytest.approx(ForecastCost(under, over).cost_per_case(y, said))


def test_what_was_frozen_is_read_again() -> None:
    assert ErrorPrice.from_document(PRICE.document()) == PRICE
