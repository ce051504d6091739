"""Forecasts that are too low or too high."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.forecast_cost import ForecastCost, pinball_loss

ACTUAL = np.array([1.0, 2.0, 3.0])


def test_the_newsvendor_orders_the_published_amount() -> None:
    cost = ForecastCost(under_amount=4, over_amount=1)
    assert cost.quantile == 0.8
    assert cost.best_normal_forecast(100, 20) == pytest.approx(116.832425, abs=1e-6)


@pytest.mark.parametrize(
    ("forecast", "quantile", "loss"),
    [([0, 2, 3], 0.1, 0.1 / 3), ([1, 2, 4], 0.1, 0.3), ([0, 2, 3], 0.9, 0.3), ([1, 2, 4], 0.9, 0.1 / 3)],
)
def test_the_pinball_loss_is_the_published_one(forecast: list[float], quantile: float, loss: float) -> None:
    assert pinball_loss(ACTUAL, np.array(forecast, dtype=float), quantile) == pytest.approx(loss)


@given(under=st.floats(0.1, 100), over=st.floats(0.1, 100))
def test_money_lost_is_the_cost_of_each_unit(under: float, over: float) -> None:
    cost = ForecastCost(under, over)
    found = cost.cost_per_case(np.array([10.0, 10.0]), np.array([8.0, 13.0]))
    assert found == pytest.approx((2 * under + 3 * over) / 2)


def test_the_quantile_costs_least_of_all_forecasts() -> None:
    outcomes, cost = np.random.default_rng(1).normal(100, 20, 50_000), ForecastCost(4, 1)

    def lost(forecast: float) -> float:
        return cost.cost_per_case(outcomes, np.full(outcomes.shape, forecast))

    assert lost(116.83) < min(lost(112), lost(122))


def test_in_words_and_refused_in_words() -> None:
    sentence = ForecastCost(4, 1).sentence("loaf", "EUR")
    assert sentence == (
        "One loaf too little costs €4 and one too much €1: the cheapest forecast is high enough in 80 of 100 cases."
    )
    assert "as often too high as too low" in ForecastCost(2, 2).sentence("loaf", "EUR")
    for amounts in ((0, 1), (1, -1), (float("nan"), 1)):
        with pytest.raises(InvalidInputError, match="more than 0"):
            ForecastCost(*amounts)
