"""Every reading has its number and its sentence, and none is given where it means nothing (vectors of Excel and V2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.adoption import Stage
from services.valuation.plan import Plan
from services.valuation.readings import Reading, readings, sign_changes, worth_by_rate
from tests.makers_plans import benefit, cost, plan


def yearly(capex: float, *benefits: float, rate: float = 0.1) -> Plan:
    """A capital cost now and a benefit at the end of each year."""
    items = [cost("Capital", capex, capex)]
    items += [
        benefit(f"Year {year}", amount, amount, rhythm="once", start_month=12 * year)
        for year, amount in enumerate(benefits, 1)
    ]
    return plan(*items, horizon_months=12 * len(benefits), yearly_discount_rate=rate)


def by_name(one: Plan) -> dict[str, Reading]:
    return {reading.name: reading for reading in readings(one)}


def test_excels_example_of_a_worth_that_discounts_the_first_flow() -> None:
    found = by_name(yearly(10_000, 3_000, 4_200, 6_800))["Net present value (NPV)"]
    assert found.amount == pytest.approx(1188.44 * 1.1, abs=0.01)  # Excel's help discounts the first flow as well
    assert "brings €1.3k" in found.sentence


def test_the_vector_of_the_capital_of_150k() -> None:
    one = yearly(150_000, 60_000, 70_000, 70_000)
    found = by_name(one)
    assert found["Net present value (NPV)"].amount == pytest.approx(14_988.73, abs=0.01)
    assert found["Internal rate of return (IRR)"].amount == pytest.approx(0.154417, abs=1e-6)
    assert found["Internal rate of return (IRR)"].shown == "15% a year"


def test_ratios_of_benefits_and_costs() -> None:
    items = [cost("Capital", 150_000, 150_000)]
    for year, amount in enumerate((90_000, 100_000, 100_000), 1):
        items.append(benefit(f"Benefit {year}", amount, amount, rhythm="once", start_month=12 * year))
        items.append(cost(f"Running {year}", 30_000, 30_000, start_month=12 * year))
    found = by_name(plan(*items, horizon_months=36))
    assert found["Benefit-cost ratio (BCR)"].amount == pytest.approx(1.066734, abs=1e-6)
    assert found["Return on investment (ROI)"].amount == pytest.approx(0.208333, abs=1e-6)
    assert "comes back with €0.21 on top" in found["Return on investment (ROI)"].sentence


def test_payback_is_linear_within_a_month() -> None:
    one = plan(
        cost("Capital", 10_000, 10_000),
        *(
            benefit(str(month), amount, amount, rhythm="once", start_month=month)
            for month, amount in ((1, 3_000), (2, 4_200), (3, 6_800))
        ),
        horizon_months=3,
    )
    assert by_name(one)["Payback"].amount == pytest.approx(2.411765, abs=1e-6)
    assert by_name(one)["Payback"].sentence == "After 2.4 months the money is back for good, not discounted."


def test_cash_that_turns_twice_has_no_single_rate() -> None:
    one = plan(
        cost("Start", 1_600, 1_600),
        benefit("Earned", 10_000, 10_000, rhythm="once", start_month=12),
        cost("Closing", 10_000, 10_000, start_month=24),
        horizon_months=24,
    )
    found = by_name(one)
    assert sign_changes(one.expected_flows) == 2
    assert found["Internal rate of return (IRR)"].amount is None
    assert "Cash turns 2 times" in found["Internal rate of return (IRR)"].sentence
    assert found["Modified rate of return (MIRR)"].amount is not None
    worths = worth_by_rate(one, (0.25, 1.0, 4.0))
    assert worths[0] == pytest.approx(0, abs=1e-6)
    assert worths[2] == pytest.approx(0, abs=1e-6)
    assert worths[1] > 0


def test_what_never_pays_back_and_what_costs_nothing_is_said() -> None:
    poor = by_name(plan(cost("Capital", 9e6, 9e6), benefit(low=1, high=1)))
    assert (poor["Payback"].shown, poor["Payback"].amount) == ("Never", None)
    assert poor["Return on investment (ROI)"].shown == "−100%"
    free = by_name(plan(benefit()))
    assert free["Benefit-cost ratio (BCR)"].amount is None
    assert "nothing to compare" in free["Return on investment (ROI)"].sentence


def test_stages_that_may_fail_are_weighed_by_their_chances() -> None:
    one = yearly(100, 200, rate=0.0)
    staged = plan(*one.items, horizon_months=12, yearly_discount_rate=0.0, stages=(Stage("Pilot", 20, 0.5),))
    found = by_name(staged)["Expected worth by stages (ENPV)"]
    assert found.amount == pytest.approx(-20 + 0.5 * 100)
    assert "“Pilot”" in found.sentence
    assert "Expected worth by stages (ENPV)" not in by_name(one)


@given(amount=st.floats(0, 1e6), capital=st.floats(0, 1e6), rate=st.floats(0, 1))
def test_every_reading_is_a_sentence(amount: float, capital: float, rate: float) -> None:
    one = plan(cost(low=capital, high=capital), benefit(low=amount, high=amount), yearly_discount_rate=rate)
    for reading in readings(one):
        assert reading.shown
        assert reading.sentence.endswith(".")
        assert "nan" not in reading.shown + reading.sentence


def test_a_rate_beyond_every_number_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.valuation.readings.internal_rate", lambda _: 1e30)
    found = by_name(plan())["Internal rate of return (IRR)"]
    assert found.amount is None
    assert "too large to be named" in found.sentence
