"""Cash over time, against published figures."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.cash_flow import (
    benefit_cost_ratio,
    dated_internal_rate,
    dated_net_present_value,
    discounted,
    excel_net_present_value,
    internal_rate,
    modified_internal_rate,
    monthly_flows,
    monthly_rate,
    net_present_value,
    payback_periods,
    return_on_investment,
    yearly_cost,
)
from tests.makers_money import CALLS

FLOWS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=24)


@pytest.mark.parametrize(
    ("rate", "flows", "worth"),
    [
        (0.08, [-40_000, 5_000, 8_000, 12_000, 30_000], 3_065.22267),  # numpy-financial
        (0.10, [0, -10_000, 3_000, 4_200, 6_800], 1_188.44),  # Excel, which discounts the first flow
        (0.10, [-150_000, 60_000, 70_000, 70_000], 14_988.73),
    ],
)
def test_net_present_value_does_not_discount_the_first_flow(rate: float, flows: list[float], worth: float) -> None:
    assert net_present_value(flows, rate) == pytest.approx(worth, abs=0.006)
    assert sum(discounted(flows, rate)) == pytest.approx(net_present_value(flows, rate))


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-100, 39, 59, 55, 20], 0.28095),
        ([-70_000, 12_000, 15_000, 18_000, 21_000], -0.021),
        ([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000], 0.0866309),
        ([-150_000, 60_000, 70_000, 70_000], 0.154417),
    ],
)
def test_the_internal_rate_is_the_published_one(flows: list[float], rate: float) -> None:
    assert internal_rate(flows) == pytest.approx(rate, abs=5e-4)


@pytest.mark.parametrize("flows", [[-1_600, 10_000, -10_000], [-100, 230, -133], [10, 20]])
def test_flows_that_change_sign_twice_have_no_single_rate(flows: list[float]) -> None:
    assert internal_rate(flows) is None


def test_payback_is_linear_within_a_period() -> None:
    flows = [-10_000, 3_000, 4_200, 6_800]

    assert payback_periods(flows) == pytest.approx(2.411765, abs=1e-6)
    assert payback_periods(discounted(flows, 0.1)) == pytest.approx(2.744118, abs=1e-6)


def test_payback_counts_only_when_it_lasts() -> None:
    assert payback_periods([-10, 15, -8, 6]) == pytest.approx(2.5)
    assert payback_periods([-10, 4, 4]) is None
    assert payback_periods([0, 5]) == 0


def test_benefits_are_compared_with_costs() -> None:
    benefits, costs = [0, 90_000, 100_000, 100_000], [150_000, 30_000, 30_000, 30_000]

    assert benefit_cost_ratio(benefits, costs, 0.1) == pytest.approx(1.066734, abs=1e-6)
    assert return_on_investment(benefits, costs) == pytest.approx(0.208333, abs=1e-6)
    assert return_on_investment([5.0], [0.0]) is None


def test_a_month_compounds_to_the_year() -> None:
    assert (1 + monthly_rate(0.1)) ** 12 == pytest.approx(1.1)


@pytest.mark.parametrize("yearly_rate", [0.0, 0.1])
def test_a_solution_that_earns_its_yearly_cost_is_worth_nothing(yearly_rate: float) -> None:
    assumptions = replace(CALLS, yearly_discount_rate=yearly_rate)
    flows = monthly_flows(assumptions, yearly_cost(assumptions))

    assert len(flows) == 37
    assert net_present_value(flows, monthly_rate(yearly_rate)) == pytest.approx(0, abs=1e-6)


@given(FLOWS, FLOWS, st.floats(0, 0.5))
def test_net_present_value_is_additive(one: list[float], other: list[float], rate: float) -> None:
    length = max(len(one), len(other))
    one, other = one + [0.0] * (length - len(one)), other + [0.0] * (length - len(other))
    both = [a + b for a, b in zip(one, other, strict=True)]

    separate = net_present_value(one, rate) + net_present_value(other, rate)
    assert net_present_value(both, rate) == pytest.approx(separate, abs=1e-3)


def test_excel_discounts_the_first_flow_and_we_say_so() -> None:
    assert excel_net_present_value([-10_000, 3_000, 4_200, 6_800], 0.1) == pytest.approx(1_188.44, abs=0.005)


def test_dated_flows_have_the_published_worth_and_rate() -> None:
    dates = [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)]
    flows = [-10_000, 2_750, 4_250, 3_250, 2_750]
    assert dated_net_present_value(dates, flows, 0.09) == pytest.approx(2_086.647602, abs=1e-6)
    assert dated_internal_rate(dates, flows) == pytest.approx(0.373362535, abs=1e-8)
    assert dated_internal_rate(dates[:3], [-1_600, 10_000, -10_000]) is None


def test_the_modified_rate_is_the_published_one_and_needs_both_signs() -> None:
    flows = [-120_000, 39_000, 30_000, 21_000, 37_000, 46_000]
    assert modified_internal_rate(flows, 0.10, 0.12) == pytest.approx(0.126094, abs=5e-7)
    assert modified_internal_rate([-1_600, 10_000, -10_000], 0.1, 0.1) is not None  # where the internal rate is refused
    assert modified_internal_rate([100.0, 50.0], 0.1, 0.1) is None
    assert modified_internal_rate([-100.0, -50.0], 0.1, 0.1) is None
