"""What is said beyond the figures of a call: stored, read back, refused in words; older documents keep their hash."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import Session

from services.audit.canonical import sha256_of
from services.errors import InvalidInputError
from services.valuation.adoption import Stage
from services.valuation.commands import save_valuation
from services.valuation.details import Details, TodaysRule, read_details
from services.valuation.forecast_cost import ForecastCost
from services.valuation.queries import find_valuation
from services.valuation.uncertainty.estimates import Estimate
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost

FULL = Details(
    counted=("calls",),
    quality=Estimate(0.6, 0.9, 0.8),
    action_budget_per_month=20_000,
    rule=TodaysRule(300, 0.1),
    metric="roc_auc",
    amount_formula="12 * 30",
    forecast_cost=ForecastCost(4, 1),
    forecast_unit="loaf",
    stages=(Stage("Pilot", 20_000, 0.6),),
)


def test_what_is_stored_is_read_back() -> None:
    assert read_details(FULL.document()) == FULL
    assert read_details({}) == Details()
    assert Details().document() == {}


def test_one_amount_has_one_spelling() -> None:
    one, other = (replace(FULL, action_budget_per_month=amount) for amount in (20_000, 20_000.0))
    assert sha256_of(one.document()) == sha256_of(other.document())


def test_figures_without_details_keep_the_hash_they_had() -> None:
    assert "details" not in CALLS.document()
    assert sha256_of(replace(CALLS, details=Details()).document()) == sha256_of(CALLS.document())
    assert sha256_of(CALLS.document()) == "be64a66dfacc83bb2af7dae36e6a0e15d94a74f8cb7be5baa9b44b5297fd1c82"


def test_details_are_saved_with_the_figures(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    full = replace(CALLS, items=(cost(), benefit()), details=FULL)
    save_valuation(session, actor=actor, project_id=project.id, assumptions=full, based_on=0)
    saved = find_valuation(session, actor=actor, project_id=project.id)
    assert saved is not None and saved.assumptions == full
    assert saved.sha256 == sha256_of(saved.assumptions.document())


def test_a_formula_that_cannot_be_read_is_not_saved(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    hostile = replace(CALLS, details=Details(amount_formula="__import__('os').getcwd()"))
    with pytest.raises(InvalidInputError):
        save_valuation(session, actor=actor, project_id=project.id, assumptions=hostile, based_on=0)
    assert find_valuation(session, actor=actor, project_id=project.id) is None


def test_money_for_actions_limits_them_like_people_do() -> None:
    limited = replace(CALLS, details=Details(action_budget_per_month=4_200))
    assert limited.capacity_rate == pytest.approx(100 / 7_000)
    assert replace(limited, action_amount=0.0, caught_value_amount=1.0).capacity_rate == pytest.approx(860 / 7_000)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Details(counted=("luck",)), "luck is nothing that could count"),
        (lambda: Details(quality=Estimate(0.4, 0.9)), "a coin toss"),
        (lambda: Details(quality=Estimate(0.6, 1.2)), "perfect"),
        (lambda: Details(quality=Estimate(0.6, 0.9, shape="normal")), "low, likely and high"),
        (lambda: Details(action_budget_per_month=0), "more than 0"),
        (lambda: Details(action_budget_per_month=float("nan")), "more than 0"),
        (lambda: Details(metric="luck"), "can be scored by"),
        (lambda: Details(amount_formula="1+" * 400), "400 are enough"),
        (lambda: TodaysRule(0, 0.1), "more than 0 cases"),
        (lambda: TodaysRule(10, 1.1), "0% to 100%"),
    ],
)
def test_what_cannot_be_is_refused_in_words(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make()
    assert sentence in " ".join(refused.value.problems)
