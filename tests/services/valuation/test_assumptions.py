"""Business figures: what they add up to, and what is refused in words."""

from dataclasses import replace
from typing import Any

import pytest

from services.audit.canonical import sha256_of
from services.errors import InvalidInputError
from services.valuation.assumptions import Assumptions
from tests.makers_money import CALLS


def test_payoffs_count_the_share_in_which_acting_works() -> None:
    payoffs = CALLS.payoffs

    assert payoffs.true_positive == pytest.approx(150)
    assert payoffs.false_positive == pytest.approx(-47)
    assert (payoffs.false_negative, payoffs.true_negative) == (0, 0)


def test_capacity_is_a_share_of_the_cases_and_at_most_all() -> None:
    assert CALLS.capacity_rate == pytest.approx(860 / 7_000)
    assert replace(CALLS, capacity_per_month=9_000.0).capacity_rate == 1
    assert replace(CALLS, capacity_per_month=None).capacity_rate is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"caught_value_amount": float("nan")}, "The value of a caught case must be a number."),
        ({"base_rate": None}, "The share of cases that matter must be a number."),
        ({"cases_per_month": float("inf")}, "The number of cases a month must be a number."),
        ({"capacity_per_month": 0.0}, "leave it empty where there is no limit"),
        ({"cases_per_month": 0.0}, "The number of cases a month must be more than 0."),
        ({"success_rate": 40.0}, "must be between 0% and 100%"),
        ({"base_rate": 0.0}, "more than 0% and less than 100%"),
        ({"base_rate": 1.0}, "more than 0% and less than 100%"),
        ({"action_amount": -1.0}, "costs are entered without a minus"),
        ({"project_amount": 1e13}, "check the figure"),
        ({"horizon_months": 0}, "whole number of months"),
        ({"horizon_months": 12.5}, "whole number of months"),
        ({"yearly_discount_rate": 1.5}, "0% and 100% a year"),
        ({"currency": "euro"}, "three capital letters"),
        ({"source": "rumour"}, "Say where the figures come from"),
        ({"action_amount": 500.0}, "no model can help"),
    ],
)
def test_a_figure_that_cannot_be_used_is_refused_in_words(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence) as refused:
        replace(CALLS, **change)

    assert len(refused.value.problems) == 1


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(CALLS, base_rate=2.0, success_rate=-1.0, cases_per_month=-3.0)

    assert len(refused.value.problems) >= 3


def test_the_document_holds_every_figure() -> None:
    assert Assumptions(**CALLS.document()) == CALLS


def test_equal_figures_have_one_hash_however_they_were_typed() -> None:
    typed = replace(CALLS, caught_value_amount=480, cases_per_month=7_000, capacity_per_month=860)

    assert sha256_of(typed.document()) == sha256_of(CALLS.document())
