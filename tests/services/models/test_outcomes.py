"""What acting from a threshold means: shares that add up, exact at the proposed threshold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.models.outcomes import outcome_at, threshold_for
from services.models.report import CurvePoint
from tests.makers_models import make_evaluation, make_money

BASE = 0.25


def make_curve() -> tuple[CurvePoint, ...]:
    """Ten thousand cases ranked perfectly at first, then at random: consistent recall and precision."""
    points = []
    for share in (0.0, 0.1, 0.2, 0.4, 0.7, 1.0):
        caught = min(share, 0.1) + max(0.0, share - 0.1) * (BASE - 0.1) / 0.9
        precision = caught / share if share else 1.0
        points.append(CurvePoint(share, 1 - share, 100_000 * share, 0.0, 1.0, caught / BASE, precision))
    return tuple(points)


EVALUATION = replace(make_evaluation(money=make_money()), profit_curve=make_curve())
assert EVALUATION.money is not None
EVALUATION = replace(EVALUATION, money=replace(EVALUATION.money, base_rate=BASE))


@given(st.floats(0, 1))
def test_the_four_ways_a_case_can_end_are_all_cases(threshold: float) -> None:
    found = outcome_at(EVALUATION, threshold)
    assert found is not None
    shares = (found.caught_rate, found.needless_rate, found.missed_rate, found.spared_rate)
    assert sum(shares) == pytest.approx(1.0)
    assert min(shares) >= 0


def test_the_proposed_threshold_has_the_exact_figures() -> None:
    found = outcome_at(make_evaluation(money=make_money()), 0.3)
    assert found is not None
    assert (found.yearly_value, found.low, found.high) == (298_000.0, 231_000.0, 352_000.0)
    assert found.precision == pytest.approx(8 / 14)
    assert found.share_acted == pytest.approx(0.275 * (8 / 11) / (8 / 14))


def test_another_threshold_takes_the_cut_that_acts_on_no_more_cases() -> None:
    found = outcome_at(EVALUATION, 0.55)
    assert found is not None
    assert found.share_acted == 0.4


def test_a_model_without_money_has_no_outcome() -> None:
    assert outcome_at(make_evaluation(money=None), 0.5) is None
    assert outcome_at(EVALUATION, None) is None


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.4, 0.7, 1.0])
def test_a_share_gives_a_threshold_that_acts_on_it(share: float) -> None:
    found = outcome_at(EVALUATION, threshold_for(EVALUATION.profit_curve, share))
    assert found is not None
    assert found.share_acted == share


def test_acting_on_nobody_has_a_precision() -> None:
    found = outcome_at(EVALUATION, 1.0)
    assert found is not None
    assert (found.share_acted, found.precision) == (0.0, 0.0)
