"""The business case: bounds, break-even, and the words for it."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.valuation.business_case import cash_path, make_business_case
from services.valuation.sentences import (
    break_even_note,
    break_even_title,
    cash_note,
    cash_title,
    doubts,
    opening_sentence,
    outcomes,
    quality_level,
    quality_title,
)
from tests.makers_money import CALLS

SPARE = replace(CALLS, action_amount=5.0, false_alarm_amount=0.0, base_rate=0.5, capacity_per_month=None)
HOPELESS = replace(CALLS, project_amount=9e7)


def test_break_even_is_where_the_required_model_earns_its_yearly_cost() -> None:
    case = make_business_case(CALLS)

    assert case.required is not None
    assert case.required_cash is not None
    assert case.yearly_net(case.required) == pytest.approx(0, abs=0.01)
    assert case.required_cash.net_present_value == pytest.approx(0, abs=0.1)
    assert case.required.found_rate == pytest.approx(0.2287, abs=1e-3)


def test_a_perfect_model_bounds_every_model() -> None:
    case = make_business_case(CALLS)
    worths = [case.yearly_net(quality) for quality in case.curve]

    assert worths == sorted(worths)
    assert worths[-1] <= case.yearly_perfect
    # all 350 cases that matter, at 150 each, less running cost and instalment
    assert case.yearly_perfect == pytest.approx(12 * 350 * 150 - case.yearly_cost)
    assert case.perfect_cash.payback_months == pytest.approx(1.82, abs=0.01)


def test_payback_and_worth_come_from_the_same_path() -> None:
    path = cash_path(CALLS, 12 * 10_000)

    assert path.cumulative[0] == -CALLS.project_amount
    assert path.cumulative[-1] == pytest.approx(path.net_present_value)
    assert path.payback_months is not None
    assert path.cumulative[int(path.payback_months)] < 0 <= path.cumulative[int(path.payback_months) + 1]


def test_the_opening_sentence_gives_the_bound_and_the_task_and_no_forecast() -> None:
    assert opening_sentence(make_business_case(CALLS)) == (
        "Worth up to €630k a year, €565k after costs: a perfect model pays back within 2 months. "
        "To break even, a model must find 23 of 100 cases that matter with 221 actions a month."
    )
    assert break_even_title(make_business_case(CALLS)) == "A model must find 23 of 100 cases that matter to pay back"
    assert "with at most 860 actions a month" in break_even_note(make_business_case(CALLS))


def test_where_everyone_is_worth_it_a_model_must_find_whom_to_leave_alone() -> None:
    case = make_business_case(SPARE)

    assert case.is_everyone_worth_it
    assert "rightly leave alone" in opening_sentence(case)
    assert "rightly leave alone" in break_even_title(case)
    assert case.required is not None
    assert case.yearly_net(case.required) == pytest.approx(case.yearly_everyone, rel=1e-6)
    assert case.required_cash is not None
    assert case.required_cash.net_present_value > 0
    assert "what acting without a model does" in cash_note(case)
    assert "ends at zero" in cash_note(make_business_case(CALLS))


def test_a_project_that_even_a_perfect_model_cannot_save_is_not_worth_it() -> None:
    case = make_business_case(HOPELESS)

    assert case.required is None
    assert opening_sentence(case).startswith("Not worth it as it stands: even a perfect model would lose")
    assert cash_title(case).startswith("Even a perfect model loses")
    assert (break_even_title(case), quality_title(case)) == ("No model can pay back", "No quality is enough")
    assert quality_level(case.required) == "impossible"


def test_acting_without_a_model_may_be_the_advice() -> None:
    case = make_business_case(replace(SPARE, action_amount=0.0))

    assert case.required is None
    assert opening_sentence(case).startswith("Act without a model")


@pytest.mark.parametrize(("base_rate", "level"), [(0.3, "easy"), (0.08, "plausible"), (0.05, "hard")])
def test_the_rarer_the_case_the_harder_the_task(base_rate: float, level: str) -> None:
    assert quality_level(make_business_case(replace(CALLS, base_rate=base_rate)).required) == level


def test_the_four_outcomes_are_sentences_with_their_money() -> None:
    right, false_alarm, miss, nothing = outcomes(CALLS)

    assert right.amount == pytest.approx(150)
    assert right.reason == "Acting works in 40 of 100 cases and then brings €480; it costs €42."
    assert (false_alarm.amount, false_alarm.reason) == (-47, "Acting costs €42; the false alarm another €5.")
    assert (miss.amount, nothing.amount) == (0, 0)


def test_money_that_counts_twice_is_doubted() -> None:
    assert doubts(CALLS) == ()
    assert "counts twice" in doubts(replace(CALLS, miss_amount=480.0))[0]
    assert "every time" in doubts(replace(CALLS, success_rate=1.0))[0]


@given(
    value=st.floats(0, 1e6),
    success=st.floats(0, 1),
    action=st.floats(0, 1e5),
    base_rate=st.floats(0.001, 0.999),
    capacity=st.one_of(st.none(), st.floats(0.1, 1e5)),
    project=st.floats(0, 1e7),
)
def test_every_usable_set_of_figures_has_a_sentence(
    value: float, success: float, action: float, base_rate: float, capacity: float | None, project: float
) -> None:
    assume(success * value - action > 0)
    assumptions = replace(
        CALLS,
        caught_value_amount=value,
        success_rate=success,
        action_amount=action,
        base_rate=base_rate,
        capacity_per_month=capacity,
        project_amount=project,
    )
    case = make_business_case(assumptions)

    assert opening_sentence(case).endswith(".")
    assert "nan" not in opening_sentence(case) + break_even_title(case) + cash_title(case) + quality_title(case)
    assert all(case.yearly_net(quality) <= case.yearly_perfect + 1e-3 for quality in case.curve)
