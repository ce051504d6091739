"""One worth of a project: what is told of it anywhere is the plan, with another amount in the place of its calls."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.adoption import Adoption, Stage, staged_value
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import cash_path, make_business_case
from services.valuation.cash_flow import monthly_rate, yearly_cost
from services.valuation.details import Details
from services.valuation.money_lines import NAMES, calls_per_month
from services.valuation.policy import perfect_value, yearly_value
from services.valuation.project_worth import (
    expected_path,
    one_off_amount,
    worth_over_horizon,
    yearly_without_model,
)
from services.valuation.sentences import opening_sentence
from services.valuation.uncertainty.estimates import Estimate
from tests.makers_money import CALLS
from tests.makers_plans import AT_ONCE, benefit, cost

EVERYONE = replace(CALLS, action_amount=5.0, false_alarm_amount=0.0, base_rate=0.5, capacity_per_month=None)
PILOT = Details(stages=(Stage("Pilot", 60_000.0, 0.3),))

amounts = st.floats(0, 1e6)
items = st.lists(
    st.builds(
        lambda name, low, more, rhythm, start, length, chance, quantity, earns: (benefit if earns else cost)(
            f"Item {name}",
            low,
            low + more,
            rhythm=rhythm,
            start_month=start,
            end_month=None if rhythm == "once" or length is None else start + length,
            chance=chance,
            quantity=quantity,
        ),
        st.integers(0, 10**9),
        amounts,
        amounts,
        st.sampled_from(["once", "monthly", "yearly"]),
        st.integers(0, 50),
        st.none() | st.integers(0, 30),
        st.floats(0, 1),
        st.floats(0.1, 100),
        st.booleans(),
    ),
    max_size=5,
    unique_by=lambda item: item.name,
)
stages = st.lists(st.tuples(amounts, st.floats(0, 1)), max_size=3)
counted = st.none() | st.sets(st.sampled_from(["calls", "project", "running"])).map(tuple)


@st.composite
def figures(draw: st.DrawFn) -> Assumptions:
    """Any usable figures with items, stages, adoption, and what counts."""
    found = tuple(Stage(f"Stage {n}", amount, chance) for n, (amount, chance) in enumerate(draw(stages)))
    try:
        return replace(
            draw(st.sampled_from([CALLS, EVERYONE])),
            project_amount=draw(amounts),
            running_amount_per_month=draw(amounts),
            horizon_months=draw(st.integers(1, 60)),
            yearly_discount_rate=draw(st.floats(0, 0.5)),
            items=tuple(draw(items)),
            adoption=draw(st.none() | st.builds(Adoption, st.integers(0, 12), st.integers(0, 24))),
            details=Details(counted=draw(counted), stages=found),
        )
    except InvalidInputError:
        assume(False)
        raise


def plan_worth(one: Assumptions, yearly: float) -> float:
    """The plan of the page, item by item, with the line of the calls replaced."""
    plan, calls = one.plan, (yearly - yearly_without_model(one)) / 12
    expected = np.array(
        [
            calls if item.name == NAMES["calls"] else amount
            for item, amount in zip(plan.items, plan.expected_amounts, strict=True)
        ]
    )
    return staged_value(plan.stages, float(plan.weights @ expected))


@settings(max_examples=100, deadline=None)
@given(figures(), st.floats(-1e6, 1e7))
def test_the_worth_is_that_of_the_plan_with_its_calls_replaced(one: Assumptions, yearly: float) -> None:
    scale = float(np.abs(one.plan.weights) @ one.plan.expected_amounts) + abs(yearly) * 60 + one.project_amount + 1
    found = worth_over_horizon(one, yearly)
    assert found == pytest.approx(plan_worth(one, yearly), abs=1e-9 * scale)
    assert expected_path(one, yearly).net_present_value == pytest.approx(found, abs=1e-9 * scale)
    likely = yearly_without_model(one) + 12 * calls_per_month(one).mean
    shown_on_the_page = staged_value(one.plan.stages, sum(one.plan.expected_parts))
    assert worth_over_horizon(one, likely) == pytest.approx(shown_on_the_page, abs=1e-9 * scale)


@given(amounts, amounts, st.integers(1, 240), st.floats(0, 1), st.floats(-1e6, 1e7))
def test_without_items_it_is_the_cash_of_money_from_the_first_month_on(
    project: float, running: float, months: int, rate: float, yearly: float
) -> None:
    one = replace(
        CALLS,
        project_amount=project,
        running_amount_per_month=running,
        horizon_months=months,
        yearly_discount_rate=rate,
        adoption=AT_ONCE,
    )
    assert yearly_without_model(one) == 0
    today = cash_path(replace(one, adoption=None), yearly).net_present_value
    assert worth_over_horizon(one, yearly) == pytest.approx(today, rel=1e-9, abs=1e-6 * (project + running + 1))


@given(amounts, amounts, st.integers(1, 240), st.floats(0, 1))
def test_the_yearly_cost_of_plain_figures_is_the_sum_it_always_was(
    project: float, running: float, months: int, rate: float
) -> None:
    one = replace(
        CALLS,
        project_amount=project,
        running_amount_per_month=running,
        horizon_months=months,
        yearly_discount_rate=rate,
    )
    monthly = monthly_rate(rate)
    level = project / months if monthly == 0 else project * monthly / (1 - (1 + monthly) ** -months)
    assert yearly_cost(one) == 12 * (running + level)
    path = cash_path(one, 120_000.0)
    assert path == cash_path(replace(one, details=Details()), 120_000.0)
    assert path.cumulative[0] == -project


@settings(max_examples=60, deadline=None)
@given(figures())
def test_the_required_model_is_worth_nothing_more_than_its_costs(one: Assumptions) -> None:
    costs = tuple(item for item in one.items if not item.is_benefit)
    kept = Details(counted=("calls", "project", "running"), stages=one.details.stages if one.details else ())
    adoption = one.adoption or AT_ONCE
    assume(adoption.go_live_month < one.horizon_months)  # else there is no plan without the benefits that are items
    stated = replace(one, items=costs, adoption=adoption, details=kept)
    case = make_business_case(stated)
    perfect = case.yearly_perfect + case.yearly_cost
    if case.required is None:
        scale = abs(worth_over_horizon(stated, 0.0)) + abs(worth_over_horizon(stated, perfect)) + 1
        assert worth_over_horizon(stated, 0.999 * perfect) <= 1e-6 * scale
        return
    yearly = yearly_value(case.required.value_per_case, stated.cases_per_month)
    scale = abs(worth_over_horizon(stated, 0.0)) + abs(worth_over_horizon(stated, yearly + 1e6)) + 1
    assert worth_over_horizon(stated, yearly) >= -1e-6 * scale
    if case.required.auc > 0.51:
        assert worth_over_horizon(stated, yearly) == pytest.approx(0, abs=1e-4 * scale)


def test_one_large_item_is_in_the_worth_the_budget_and_what_a_model_must_do() -> None:
    large = replace(CALLS, project_amount=20_000.0, items=(cost("Licence", 300_000, 300_000),))
    plain = replace(large, items=())
    assert one_off_amount(plain) == 20_000
    assert one_off_amount(large) == 300_000  # the item takes the place of the total
    assert worth_over_horizon(plain, 250_000) - worth_over_horizon(large, 250_000) == pytest.approx(280_000)
    before, after = make_business_case(plain), make_business_case(large)
    assert before.required is not None
    assert after.required is not None
    assert after.required.auc > before.required.auc
    assert after.perfect_cash.payback_months > before.perfect_cash.payback_months  # type: ignore[operator]
    assert after.perfect_cash.cumulative[0] == -300_000


def test_what_could_be_had_without_a_model_is_not_the_projects_merit() -> None:
    without = yearly_without_model(EVERYONE)
    assert without == pytest.approx(make_business_case(EVERYONE).yearly_everyone)
    toss = replace(EVERYONE, details=Details(quality=Estimate(0.5, 0.5)))
    assert worth_over_horizon(toss, without) == pytest.approx(sum(toss.plan.expected_parts), abs=1e-3)


def test_where_items_state_the_benefits_the_plan_stays_as_it_is() -> None:
    stated = replace(CALLS, items=(cost(), benefit()))
    assert worth_over_horizon(stated, 0.0) == worth_over_horizon(stated, 1e9)
    assert worth_over_horizon(stated, 5.0) == pytest.approx(sum(stated.plan.expected_parts))


def test_where_the_plan_does_not_count_on_calls_the_headline_of_money_says_so() -> None:
    said = " The plan does not count on that: what it brings is stated as items."
    assert opening_sentence(make_business_case(replace(CALLS, items=(cost(), benefit())))).endswith(said)
    assert said not in opening_sentence(make_business_case(replace(CALLS, items=(cost(),))))


def test_stages_are_paid_first_and_the_roll_out_only_as_often_as_they_succeed() -> None:
    staged, plain = replace(CALLS, details=PILOT), worth_over_horizon(CALLS, 300_000)
    assert worth_over_horizon(staged, 300_000) == pytest.approx(0.3 * plain - 60_000)
    assert one_off_amount(staged) == 150_000
    assert make_business_case(staged).required.auc > make_business_case(CALLS).required.auc  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        {"details": Details(stages=(Stage("Pilot", 1.0, 0.0),))},
        {
            "adoption": Adoption(go_live_month=36),
            "items": (benefit(rhythm="once"),),
            "details": Details(counted=("calls", "project", "running")),
        },
    ],
)
def test_what_can_never_arrive_has_no_required_model_and_says_why(change: dict[str, object]) -> None:
    case = make_business_case(replace(CALLS, **change))  # type: ignore[arg-type]
    assert case.required is None
    assert opening_sentence(case).startswith("Not worth it as it stands: no model can bring anything")


def test_a_perfect_model_is_worth_what_it_brings_beyond_the_best_without_one() -> None:
    perfect = yearly_value(perfect_value(EVERYONE.payoffs, EVERYONE.base_rate), EVERYONE.cases_per_month)
    sure = replace(EVERYONE, details=Details(quality=Estimate(1.0, 1.0)))
    assert worth_over_horizon(sure, perfect) == pytest.approx(sum(sure.plan.expected_parts), rel=1e-3)
