"""Items over time, and what is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.adoption import Adoption
from services.valuation.cash_flow import net_present_value
from services.valuation.plan import Plan
from services.valuation.uncertainty.estimates import Estimate
from tests.makers_plans import AT_ONCE, benefit, cost, plan


def test_what_comes_once_is_due_in_its_month_and_what_runs_at_the_end_of_each() -> None:
    once = cost(start_month=2, quantity=3).schedule(4, AT_ONCE)
    monthly = benefit(quantity=10, end_month=3).schedule(4, AT_ONCE)
    yearly = cost(rhythm="yearly", quantity=12, start_month=3).schedule(4, AT_ONCE)
    assert once.tolist() == [0, 0, -3, 0, 0]
    assert monthly.tolist() == [0, 10, 10, 10, 0]
    assert yearly.tolist() == [0, 0, 0, -1, -1]


def test_only_benefits_grow_with_adoption() -> None:
    ramp = Adoption(ramp_months=4, curve="linear")
    assert benefit().schedule(4, ramp).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert cost(rhythm="monthly").schedule(4, ramp).tolist() == [0, -1, -1, -1, -1]


@given(amount=st.floats(1, 1e6), more=st.floats(1, 1e6), rate=st.floats(0, 1))
def test_the_worth_is_linear_in_cash(amount: float, more: float, rate: float) -> None:
    def worth(size: float) -> float:
        flows = plan(cost(low=9, high=9), benefit(low=size, high=size), yearly_discount_rate=rate).expected_flows
        return net_present_value(flows, (1 + rate) ** (1 / 12) - 1)

    assert worth(amount + more) - worth(amount) == pytest.approx(worth(more) + (9), rel=1e-6)


def test_weights_are_the_discounted_units() -> None:
    one = plan(yearly_discount_rate=0.1)
    by_hand = net_present_value(one.expected_flows, 1.1 ** (1 / 12) - 1)
    assert float(one.weights @ one.expected_amounts) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: plan(cost()), "There is no benefit yet"),
        (lambda: plan(benefit(start_month=40)), "after the horizon of 36 months"),
        (lambda: plan(benefit(), adoption=Adoption(go_live_month=36)), "after the horizon"),
        (lambda: plan(benefit(), cost(currency="USD")), "Amounts are in EUR and in USD"),
        (lambda: plan(benefit(), benefit(name=" leavers KEPT ")), "is there twice"),
        (lambda: benefit(name="n" * 200), "has 200 characters"),
        (lambda: benefit(name=" "), "Give each item a name"),
        (lambda: benefit(quantity=0), "must be more than 0"),
        (lambda: benefit(quantity=-3), "must be more than 0"),
        (lambda: benefit(quantity=float("nan")), "must be more than 0"),
        (lambda: benefit(low=-3), "without a minus"),
        (lambda: benefit(start_month=5, end_month=4), "ends before it starts"),
        (lambda: benefit(chance=1.5), "The chance of"),
        (lambda: benefit(rhythm="weekly"), "must come once"),
        (lambda: benefit(source="hearsay"), "where the figure"),
        (lambda: plan(horizon_months=0), "1 to 240 months"),
        (lambda: plan(*(benefit(name=str(place)) for place in range(64))), "64 items"),
    ],
)
def test_what_cannot_be_valued_is_refused_in_words(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make()
    assert sentence in str(refused.value)


def test_a_normal_interval_may_reach_below_zero() -> None:
    one = benefit(amount=Estimate(-2, 8, shape="normal"))
    assert isinstance(plan(one), Plan)


def test_texts_of_an_item_can_be_stored() -> None:
    with pytest.raises(InvalidInputError, match="cannot be stored"):
        cost("a\0b")
    with pytest.raises(InvalidInputError, match="has 5000 characters"):
        cost(owner="x" * 5_000)
