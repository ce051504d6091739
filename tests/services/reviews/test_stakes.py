"""What a decision is worth: the curve's own money at the evaluated payoffs, and the right money at others."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from services.models.outcomes import outcome_at
from services.models.report import CurvePoint
from services.reviews.queries import get_review
from services.reviews.stakes import price
from services.valuation.adoption import Stage
from services.valuation.assumptions import Assumptions
from services.valuation.details import Details
from services.valuation.queries import find_valuation
from tests.makers_models import make_evaluation, make_money
from tests.makers_plans import AT_ONCE, cost
from tests.makers_reviews import ask, edit_payoffs, make_case


@pytest.fixture
def assumptions(session: Session) -> Assumptions:
    case = make_case(session)
    saved = find_valuation(session, actor=case.business, project_id=case.project_id)
    assert saved is not None
    return saved.assumptions


def test_the_value_is_that_of_the_four_outcomes(assumptions: Assumptions) -> None:
    """Base rate 0.5, recall 0.8, 1 in 5 others acted on: 0.5 * (0.8 * 75 - 0.2 * 20) = 28 a case, 12,000 a year."""
    point = CurvePoint(0.5, 0.4, 0.0, None, None, recall=0.8, precision=0.8)
    evaluation = replace(make_evaluation(money=replace(make_money(), base_rate=0.5)), profit_curve=(point,))
    stakes = price(evaluation, replace(assumptions, base_rate=0.5), 0.4)
    assert stakes is not None
    assert stakes.yearly_value == pytest.approx(28 * 12_000)
    assert (stakes.share_acted, stakes.recall, stakes.precision) == pytest.approx((0.5, 0.8, 0.8))


def test_at_the_proposed_threshold_it_is_what_the_page_of_the_model_says(assumptions: Assumptions) -> None:
    evaluation = make_evaluation(money=make_money())
    outcome = outcome_at(evaluation, 0.3)
    stakes = price(evaluation, replace(assumptions, base_rate=0.275), 0.3)
    assert outcome is not None
    assert stakes is not None
    assert stakes.share_acted == pytest.approx(outcome.share_acted)
    assert stakes.recall == outcome.recall == pytest.approx(8 / 11)


def test_what_is_signed_does_not_move_with_items_adoption_and_stages(assumptions: Assumptions) -> None:
    details = Details(stages=(Stage("Pilot", 5_000.0, 0.5),))
    detailed = replace(assumptions, items=(cost(),), adoption=AT_ONCE, details=details)
    evaluation = make_evaluation(money=make_money())
    signed = price(evaluation, assumptions, 0.3)
    assert signed is not None
    assert price(evaluation, detailed, 0.3) == signed


def test_rarer_cases_lower_the_precision_and_not_the_recall(assumptions: Assumptions) -> None:
    point = CurvePoint(0.5, 0.4, 0.0, None, None, recall=0.8, precision=0.8)
    evaluation = replace(make_evaluation(money=replace(make_money(), base_rate=0.5)), profit_curve=(point,))
    stakes = price(evaluation, replace(assumptions, base_rate=0.1), 0.4)
    assert stakes is not None
    assert stakes.recall == 0.8
    assert stakes.precision == pytest.approx(0.08 / (0.08 + 0.18))


def test_the_interval_is_shown_only_for_the_payoffs_it_was_computed_with(assumptions: Assumptions) -> None:
    point = CurvePoint(0.5, 0.4, 336_000.0, 300_000.0, 370_000.0, recall=0.8, precision=0.8)
    evaluation = replace(make_evaluation(money=replace(make_money(), base_rate=0.5)), profit_curve=(point,))
    same = price(evaluation, replace(assumptions, base_rate=0.5), 0.4)
    other = price(evaluation, replace(assumptions, base_rate=0.5, caught_value_amount=150.0), 0.4)
    assert same is not None
    assert (same.low, same.high) == (300_000.0, 370_000.0)
    assert other is not None
    assert (other.low, other.high) == (None, None)


def test_a_threshold_no_case_reaches_acts_on_nobody(assumptions: Assumptions) -> None:
    assert price(make_evaluation(money=make_money()), assumptions, 2.0) is None
    assert price(make_evaluation(), assumptions, 0.3) is None


def test_a_round_is_priced_at_the_payoffs_it_froze(session: Session) -> None:
    case = make_case(session)
    review = ask(session, case)
    before = get_review(session, actor=case.manager, review_id=review.id).stakes
    edit_payoffs(session, case.project_id, case.business, caught_value_amount=1_000.0)
    assert get_review(session, actor=case.manager, review_id=review.id).stakes == before
