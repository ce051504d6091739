"""One plan: what Money says becomes lines of it, and no money counts twice unasked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.adoption import Adoption
from services.valuation.business_case import make_business_case
from services.valuation.details import Details
from services.valuation.money_lines import (
    NAMES,
    calls_per_month,
    composition_notes,
    counted_flows,
    has_double_counting,
)
from services.valuation.uncertainty.estimates import Estimate
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost


def names(*items: object, **more: object) -> list[str]:
    return [item.name for item in replace(CALLS, items=items, **more).plan.items]  # type: ignore[arg-type]


def test_money_alone_makes_a_whole_plan() -> None:
    assert names() == list(NAMES.values())
    calls, project, running = CALLS.plan.items
    assert (calls.is_benefit, project.rhythm, running.rhythm) == (True, "once", "monthly")
    assert (project.amount.low, running.amount.high) == (90_000, 2_500)


def test_an_item_takes_the_place_of_the_total_of_its_kind() -> None:
    assert names(cost()) == [NAMES["calls"], NAMES["running"], "Integration"]
    assert names(cost(rhythm="monthly")) == [NAMES["calls"], NAMES["project"], "Integration"]
    assert names(cost("Setup"), cost(rhythm="yearly"), benefit()) == ["Setup", "Integration", "Leavers kept"]


def test_items_of_before_there_were_lines_are_the_plan_they_were() -> None:
    old = (cost("Setup"), cost("Hosting", rhythm="monthly"), benefit())
    assert replace(CALLS, items=old).plan.items == old


def test_both_count_where_somebody_says_so_and_it_is_warned_about() -> None:
    both = replace(CALLS, items=(cost(), benefit()), details=Details(counted=("calls", "project")))
    assert [item.name for item in both.plan.items] == [NAMES["calls"], NAMES["project"], "Integration", "Leavers kept"]
    assert has_double_counting(both)
    assert sum("counts twice" in note for note in composition_notes(both)) == 2
    alone = replace(CALLS, items=(cost(),))
    assert not has_double_counting(alone)
    assert composition_notes(alone) == (
        "The items (“Integration”) state what is paid once, so €90k from Money does not count.",
    )
    assert counted_flows(CALLS) == ("calls", "project", "running")
    assert composition_notes(CALLS) == ()


def test_a_plan_without_any_benefit_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no benefit yet"):
        replace(CALLS, items=(cost(),), details=Details(counted=("project",)))


def test_a_benefit_after_the_horizon_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="after the horizon"):
        replace(CALLS, adoption=Adoption(go_live_month=36))


def test_an_item_cannot_take_the_name_of_a_line() -> None:
    with pytest.raises(InvalidInputError, match="line from Money"):
        replace(CALLS, items=(cost(NAMES["calls"].upper()),))


def test_a_perfect_model_brings_what_the_case_says_it_brings() -> None:
    sure = replace(CALLS, details=Details(quality=Estimate(1.0, 1.0)))
    case = make_business_case(sure)
    assert calls_per_month(sure).mean * 12 == pytest.approx(case.yearly_perfect + case.yearly_cost, rel=1e-4)


def test_where_acting_on_everyone_pays_only_what_a_model_adds_counts() -> None:
    spare = replace(CALLS, action_amount=5.0, base_rate=0.5, capacity_per_month=None)
    toss = replace(spare, details=Details(quality=Estimate(0.5, 0.5)))
    assert make_business_case(spare).is_everyone_worth_it
    assert calls_per_month(toss).mean == pytest.approx(0, abs=1e-6)


@given(
    low=st.floats(0.5, 1),
    more=st.floats(0, 0.5),
    base_rate=st.floats(0.001, 0.999),
    capacity=st.none() | st.floats(1, 1e4),
)
def test_better_models_never_bring_less(low: float, more: float, base_rate: float, capacity: float | None) -> None:
    quality = Estimate(low, min(1.0, low + more))
    amount = calls_per_month(
        replace(CALLS, base_rate=base_rate, capacity_per_month=capacity, details=Details(quality=quality))
    )
    assert 0 <= amount.low <= amount.mode <= amount.high


def test_an_item_after_the_horizon_takes_the_place_of_nothing_and_that_is_said() -> None:
    late = cost("Decommissioning", 500_000, 500_000, start_month=CALLS.horizon_months + 4)
    one = replace(CALLS, items=(late,))
    assert names(late) == [*NAMES.values(), "Decommissioning"]
    assert sum(one.plan.expected_parts) == pytest.approx(sum(CALLS.plan.expected_parts))
    assert composition_notes(one) == ("“Decommissioning” counts nothing: it comes after the horizon of 36 months.",)
    assert not has_double_counting(one)


def test_figures_of_any_size_have_a_plan_so_that_those_of_before_it_open() -> None:
    huge = replace(CALLS, caught_value_amount=1e6, action_amount=1e5, cases_per_month=1e9, capacity_per_month=None)
    assert calls_per_month(huge).high > 1e12
    assert huge.plan.expected_parts[0] > 1e12


def test_what_people_type_has_a_limit_that_what_follows_from_it_has_not() -> None:
    with pytest.raises(InvalidInputError, match="“Integration” is more than a million million"):
        replace(CALLS, items=(cost(high=2e12),))
