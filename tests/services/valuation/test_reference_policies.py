"""Acting without a model, and with a perfect one."""

from dataclasses import replace

import pytest

from services.errors import InvalidInputError
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import make_business_case
from services.valuation.details import TodaysRule
from services.valuation.reference_policies import (
    double_counting,
    reference_policies,
    task_in_words,
)
from services.valuation.requirements import requirements
from services.valuation.sentences import actions_in_words, break_even_title, cash_title, of_100, opening_sentence
from tests.makers_money import CALLS

CASE = make_business_case(CALLS)


def test_every_way_to_act_has_its_amount_and_what_it_finds() -> None:
    nothing, everyone, today, perfect = reference_policies(CASE, TodaysRule(860, 0.1))
    assert (nothing.yearly_amount, nothing.found_rate) == (0, 0)
    assert everyone.found_rate == pytest.approx(860 / 7_000)
    assert "at random" in everyone.title
    assert today.found_rate == pytest.approx(86 / 350)
    assert today.yearly_amount == pytest.approx(12 * (86 * 150 - 774 * 47))
    assert perfect.found_rate == 1
    assert perfect.yearly_amount == CASE.yearly_perfect


def test_a_rule_as_good_as_the_lot_is_worth_what_the_lot_is() -> None:
    _, everyone, today, _ = reference_policies(CASE, TodaysRule(860, 0.05))
    assert today.yearly_amount == pytest.approx(everyone.yearly_amount)
    assert today.found_rate == pytest.approx(everyone.found_rate)


def test_an_unknown_rule_is_left_out_and_a_senseless_one_refused() -> None:
    assert len(reference_policies(CASE)) == 3
    for rule in ((0, 0.5), (5, 1.5)):
        with pytest.raises(InvalidInputError, match="Today's rule"):
            TodaysRule(*rule)


def test_the_task_is_said_beside_the_lot_and_perfection_with_as_many_actions() -> None:
    required = CASE.required
    assert required is not None
    words = task_in_words(CASE)
    assert f"at least {of_100(required.found_rate)} of 100" in words
    assert f"drawn by lot finds {round(required.share_acted * 100)};" in words
    assert f"with {required.share_acted * 7_000:,.0f} actions a month" in words
    hopeless = make_business_case(replace(CALLS, project_amount=1e9))
    assert task_in_words(hopeless) == "No model can pay back, however good."


FREE = {"project_amount": 0.0, "running_amount_per_month": 0.0}
EVERYONE = replace(CALLS, action_amount=5.0, false_alarm_amount=0.0, base_rate=0.5, capacity_per_month=None)


@pytest.mark.parametrize("figures", [CALLS, EVERYONE])
def test_where_nothing_is_paid_no_task_is_set(figures: Assumptions) -> None:
    case = make_business_case(replace(figures, **FREE))  # type: ignore[arg-type]
    said = "There are no costs to earn back: any model better than a coin toss is worth having"
    assert task_in_words(case) == f"{said}."
    assert break_even_title(case) == said
    assert opening_sentence(case).endswith(f"a perfect model pays back at once. {said}.")


@pytest.mark.parametrize(
    ("figures", "what"),
    [(CALLS, "finding fewer than 1 of 100 cases that matter"), (EVERYONE, "rightly leaving alone fewer than 1 of 100")],
)
def test_where_next_to_nothing_is_paid_the_task_is_said_as_small_as_it_is(figures: Assumptions, what: str) -> None:
    case = make_business_case(replace(figures, **(FREE | {"project_amount": 1.0})))  # type: ignore[arg-type]
    for said in (task_in_words(case), break_even_title(case), opening_sentence(case)):
        assert f"Costs are so small that {what}" in said


def test_few_actions_are_not_said_to_be_none() -> None:
    rare = replace(CALLS, cases_per_month=4.0, capacity_per_month=0.4, **(FREE | {"project_amount": 300.0}))  # type: ignore[arg-type]
    case = make_business_case(rare)
    assert "with less than one action a month. A list" in task_in_words(case)
    assert any("With less than one action a month" in one.sentence for one in requirements(case))
    assert (actions_in_words(1.2), actions_in_words(1_234.0)) == ("1 action a month", "1,234 actions a month")


def test_what_is_had_without_a_model_is_said_beside_what_a_perfect_one_brings() -> None:
    assert "a year, against acting on nobody" not in opening_sentence(CASE)
    assert cash_title(make_business_case(EVERYONE)).endswith("over 36 months, against acting on nobody")
    assert cash_title(CASE).endswith("over 36 months")
    assert "after costs, against acting on nobody (€7.6m of it without a model)" in opening_sentence(
        make_business_case(EVERYONE)
    )


def test_the_same_money_twice_is_warned_of() -> None:
    assert double_counting(CALLS) is None
    assert "counts twice" in (double_counting(replace(CALLS, miss_amount=480.0)) or "")
