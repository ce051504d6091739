"""The numbers of a project: what is against acting on nobody says so, what is after costs has all of them."""

from dataclasses import replace

from services.portfolio.standing import Standing
from services.portfolio.views import KeyNumber
from services.portfolio.worth import Worth, find_worth, key_numbers
from services.valuation.adoption import Stage
from services.valuation.assumptions import Assumptions
from services.valuation.details import Details
from services.valuation.queries import SavedValuation
from tests.makers_money import CALLS
from tests.makers_plans import cost
from tests.makers_portfolio import NOW

EVERYONE = replace(CALLS, action_amount=5.0, false_alarm_amount=0.0, base_rate=0.5, capacity_per_month=None)


def numbers(assumptions: Assumptions, yearly: float | None = None) -> tuple[KeyNumber, KeyNumber]:
    """What it is worth a year and when it pays back; `yearly` was measured."""
    saved = SavedValuation("v", 1, "0" * 64, assumptions, "u", "Ana", NOW)
    standing = Standing("p", "Leavers", "Fewer should leave", "low", "Ana", NOW, valuation=saved)
    worth = find_worth(standing) if yearly is None else Worth(yearly, "EUR", is_measured=True)
    first, second, *_ = key_numbers(standing, worth, 3)
    return first, second


def test_what_needs_no_model_is_said_beside_the_worth() -> None:
    assert numbers(CALLS)[0] == KeyNumber("At most, a year", "€630k", "With a perfect model, before costs")
    most, _ = numbers(EVERYONE)
    assert most.note == "With a perfect model, before costs; €7.6m without a model"
    assert numbers(EVERYONE, 8e6)[0].note == "On rows kept aside, before costs; €7.6m without a model"


def test_payback_counts_all_costs_and_only_what_a_model_adds() -> None:
    _, plain = numbers(CALLS, 300_000.0)
    _, large = numbers(replace(CALLS, items=(cost("Licence", 300_000, 300_000),)), 300_000.0)
    assert plain.note == "€90k to build"
    assert large.note == "€300k to build"
    assert float(large.value.split()[0]) > float(plain.value.split()[0])
    assert numbers(EVERYONE, 7.6e6)[1].value == "Never"


def test_a_stage_that_may_fail_is_paid_before_anything_comes_back() -> None:
    staged = replace(CALLS, details=Details(stages=(Stage("Pilot", 60_000.0, 0.3),)))
    assert numbers(staged, 120_000.0)[1].value == "Never"
    assert numbers(CALLS, 120_000.0)[1].value != "Never"
