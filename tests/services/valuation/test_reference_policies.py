"""Acting without a model, and with a perfect one."""

from dataclasses import replace

import pytest

from services.errors import InvalidInputError
from services.valuation.business_case import make_business_case
from services.valuation.details import TodaysRule
from services.valuation.reference_policies import (
    double_counting,
    reference_policies,
    task_in_words,
)
from services.valuation.sentences import of_100
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


def test_the_same_money_twice_is_warned_of() -> None:
    assert double_counting(CALLS) is None
    assert "counts twice" in (double_counting(replace(CALLS, miss_amount=480.0)) or "")
