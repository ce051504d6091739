"""The yearly amounts a model is compared with."""

from dataclasses import replace

import pytest

from services.automl.references import yearly_references
from services.valuation.assumptions import Assumptions

PLAIN = Assumptions(
    currency="EUR",
    caught_value_amount=500.0,
    success_rate=0.5,
    false_alarm_amount=0.0,
    miss_amount=0.0,
    action_amount=50.0,
    cases_per_month=100.0,
    base_rate=0.3,
    capacity_per_month=None,
    project_amount=24_000.0,
    running_amount_per_month=1_000.0,
    horizon_months=24,
    yearly_discount_rate=0.0,
    source="guess",
)


def test_acting_on_everyone_earns_on_each_positive_and_loses_on_each_negative() -> None:
    assert yearly_references(PLAIN)["everyone"] == pytest.approx((0.3 * 200 - 0.7 * 50) * 100 * 12)


def test_capacity_limits_acting_on_everyone() -> None:
    limited = replace(PLAIN, capacity_per_month=20.0)
    assert yearly_references(limited)["everyone"] == pytest.approx(yearly_references(PLAIN)["everyone"] / 5)


def test_breaking_even_pays_the_running_cost_and_a_share_of_the_project() -> None:
    assert yearly_references(PLAIN)["break_even"] == pytest.approx(12 * (1_000 + 1_000))
    assert yearly_references(replace(PLAIN, yearly_discount_rate=0.1))["break_even"] > 24_000


def test_doing_nothing_is_the_zero_of_the_scale() -> None:
    assert yearly_references(PLAIN)["nothing"] == 0
