"""What a project brings and takes among others: its whole plan, beyond the best without a model."""

from dataclasses import replace

import pytest

from services.portfolio.choice.answering import answer
from services.portfolio.choice.wish import BUDGET, Wish, pose, worth_of
from services.portfolio.initiatives.sentences import describe_budget
from services.portfolio.records.reach import judge_reach
from services.portfolio.worth import Worth, most_amount
from services.valuation.adoption import Stage
from services.valuation.assumptions import Assumptions
from services.valuation.details import Details
from services.valuation.project_worth import yearly_without_model
from tests.makers_money import CALLS
from tests.makers_plans import AT_ONCE, benefit, cost
from tests.makers_portfolio import make_initiative, make_record

LARGE = replace(CALLS, project_amount=20_000.0, items=(cost("Licence", 300_000, 300_000),))
EVERYONE = replace(CALLS, action_amount=5.0, false_alarm_amount=0.0, base_rate=0.5, capacity_per_month=None)


def room(assumptions: Assumptions, worth: Worth) -> str:
    found = judge_reach(
        0.5,
        data_needed=(),
        has_data=False,
        worth=worth,
        most_amount=most_amount(assumptions),
        assumptions=assumptions,
    )
    return found.reasons[-1]


def test_one_large_item_makes_a_project_not_worth_its_costs_and_takes_its_whole_budget() -> None:
    worth = Worth(120_000.0, "EUR", is_measured=True)
    large, plain = (make_record(worth=worth, assumptions=one) for one in (LARGE, replace(LARGE, items=())))
    assert worth_of(plain, 0.5) > 0 > worth_of(large, 0.5)
    found = answer([large], Wish("EUR", None))
    assert found.left_out[0].reason == "It is not worth its costs within its horizon."
    assert found.left_out[0].candidate.uses[BUDGET] == 300_000
    assert "cost" in describe_budget(make_initiative(), [large])
    assert "€300,000 to build, €200,000 more than its budget" in describe_budget(make_initiative(), [large])
    assert room(LARGE, worth) == "its model does not earn its cost yet"
    assert room(replace(LARGE, items=()), worth) == "its model earns its cost"


def test_a_model_that_brings_what_acting_on_everyone_does_is_worth_less_than_nothing() -> None:
    same = Worth(yearly_without_model(EVERYONE), "EUR", is_measured=True)
    record = make_record(worth=same, assumptions=replace(EVERYONE, project_amount=50_000.0, running_amount_per_month=0))
    assert worth_of(record, 0.5) == -50_000
    assert room(EVERYONE, same) == "its model does not earn its cost yet"


def test_a_share_of_a_perfect_model_is_counted_before_there_is_one() -> None:
    most = most_amount(CALLS)
    idea = make_record(worth=Worth(most, "EUR"))
    half, measured = worth_of(idea, 0.5), make_record(worth=Worth(most / 2, "EUR", is_measured=True))
    assert half == worth_of(measured, 0.1)
    assert room(CALLS, Worth(most, "EUR")).startswith("it pays back with ")
    assert room(replace(CALLS, project_amount=9e7), Worth(most, "EUR")).startswith("even a perfect model")


def test_stages_take_of_the_budget_as_often_as_they_are_reached() -> None:
    details = Details(stages=(Stage("Pilot", 10_000.0, 0.5), Stage("Trial", 8_000.0, 0.5)))
    record = make_record(assumptions=replace(CALLS, details=details, adoption=AT_ONCE))
    (candidate,) = pose([record], Wish("EUR", None)).problem.candidates
    assert candidate.uses[BUDGET] == pytest.approx(90_000 + 10_000 + 4_000)
    bare = worth_of(replace(record, assumptions=replace(CALLS, adoption=AT_ONCE)), 0.5)
    assert candidate.value == pytest.approx(0.25 * bare - 14_000, abs=1)


def test_where_items_state_the_benefits_no_model_changes_the_worth() -> None:
    stated = replace(CALLS, items=(cost(), benefit()))
    values = {worth_of(make_record(assumptions=stated, worth=Worth(amount, "EUR")), 0.5) for amount in (0.0, 9e6)}
    assert values == {round(sum(stated.plan.expected_parts))}
    assert "earns its costs whatever its model" in room(stated, Worth(5.0, "EUR"))
