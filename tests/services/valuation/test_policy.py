"""The value of acting from a score on: published vectors, ties, plateaus, capacity, weights."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.payoffs import PayoffMatrix
from services.valuation.policy import (
    best_threshold,
    perfect_shares,
    perfect_value,
    perfect_value_of_rows,
    prevalence_weights,
    profit_curve,
    treat_all_value,
    value_per_case,
    yearly_value,
)

MAILING = PayoffMatrix(99, -1, 0, 0)
OFFER = PayoffMatrix(3, -2, 0, 0)
RANKED = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0], dtype=bool)
SCORES = np.linspace(0.95, 0.05, 10)

CASES = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.75, 1.0])), min_size=1)
PAYOFFS = st.builds(
    PayoffMatrix,
    st.integers(-5, 50),
    st.integers(-20, 5),
    st.integers(-20, 0),
    st.just(0),
)


@pytest.mark.parametrize(
    ("payoffs", "values", "best"),
    [
        (MAILING, [0, 99, 198, 197, 296, 295, 294, 393, 392, 391, 390], 7),
        (OFFER, [0, 3, 6, 4, 7, 5, 3, 6, 4, 2, 0], 4),
    ],
)
def test_the_curve_adds_gain_and_loss_case_by_case(payoffs: PayoffMatrix, values: list[float], best: int) -> None:
    curve = profit_curve(RANKED, SCORES, payoffs)

    assert curve.value_per_case * 10 == pytest.approx(values)
    assert np.count_nonzero(best_threshold(curve) <= SCORES) == best


def test_the_published_example_is_valued_from_its_counts() -> None:
    y = np.repeat([True, False, True, False], [56, 7, 5, 42])
    scores = np.repeat([0.9, 0.9, 0.1, 0.1], [56, 7, 5, 42])

    assert value_per_case(y, scores, 0.5, MAILING) == pytest.approx(50.336364)
    assert MAILING.threshold == pytest.approx(0.01)


def test_equal_scores_are_acted_on_together() -> None:
    curve = profit_curve(np.array([True, False, True]), np.array([0.7, 0.7, 0.2]), OFFER)

    assert curve.thresholds[1:].tolist() == [0.7, 0.2]
    assert curve.share_acted == pytest.approx([0, 2 / 3, 1])
    assert curve.precision == pytest.approx([1, 1 / 2, 2 / 3])
    assert curve.recall == pytest.approx([0, 1 / 2, 1])


def test_the_threshold_lies_in_the_middle_of_its_plateau() -> None:
    curve = profit_curve(np.array([True, False]), np.array([0.8, 0.2]), OFFER)
    assert best_threshold(curve) == pytest.approx(0.5)

    free = PayoffMatrix(3, 0, 0, 0)  # a false alarm costs nothing: the next rule is worth the same
    curve = profit_curve(np.array([True, False, True]), np.array([0.8, 0.5, 0.2]), free)
    assert best_threshold(curve, capacity_rate=0.7) == pytest.approx(0.5)


def test_capacity_is_never_exceeded_even_by_a_tie() -> None:
    y, scores = np.array([True, True, True, False]), np.array([0.9, 0.6, 0.6, 0.1])
    curve = profit_curve(y, scores, OFFER)

    assert np.count_nonzero(scores >= best_threshold(curve, capacity_rate=0.5)) == 1
    assert np.count_nonzero(scores >= best_threshold(curve, capacity_rate=0.0)) == 0


def test_nobody_is_acted_on_where_every_action_loses() -> None:
    threshold = best_threshold(profit_curve(np.array([False, False]), np.array([1.0, 0.3]), OFFER))

    assert threshold > 1
    assert math.isfinite(threshold)


def test_weights_move_the_value_to_the_base_rate_of_use() -> None:
    weights = prevalence_weights(RANKED, 0.1)

    assert weights.mean() == pytest.approx(1)
    assert weights[RANKED].sum() / weights.sum() == pytest.approx(0.1)
    everyone = value_per_case(RANKED, SCORES, 0.0, OFFER, weights)
    assert everyone == pytest.approx(treat_all_value(OFFER, 0.1))
    assert profit_curve(RANKED, SCORES, OFFER, weights=weights).value_per_case[-1] == pytest.approx(everyone)


def test_one_kind_of_case_has_no_weights() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        prevalence_weights(np.array([True, True]), 0.1)


def test_a_score_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        profit_curve(np.array([True, False]), np.array([0.2, np.nan]), OFFER)


@pytest.mark.parametrize(("capacity_rate", "perfect", "everyone"), [(None, 1.2, 0.0), (0.4, 1.2, 0.0), (0.1, 0.3, 0.0)])
def test_the_perfect_model_and_everyone_respect_capacity(
    capacity_rate: float | None, perfect: float, everyone: float
) -> None:
    assert perfect_value(OFFER, 0.4, capacity_rate=capacity_rate) == pytest.approx(perfect)
    assert treat_all_value(OFFER, 0.4, capacity_rate=capacity_rate) == pytest.approx(everyone)


def test_equal_cases_share_what_capacity_is_left_and_the_best_come_first() -> None:
    worth, equal = np.array([5.0, 3.0, 3.0, -1.0]), np.ones(4)
    assert perfect_shares(worth, equal).tolist() == [1, 1, 1, 0]
    assert perfect_shares(worth, equal, capacity_rate=0.5) == pytest.approx([1, 0.5, 0.5, 0])
    assert perfect_shares(worth, np.array([1.0, 1, 1, 5]), capacity_rate=0.25) == pytest.approx([1, 0.5, 0.5, 0])
    assert perfect_value_of_rows(worth, equal, capacity_rate=0.5) == pytest.approx(2.0)
    assert perfect_shares(worth, equal, capacity_rate=0.0).tolist() == [0, 0, 0, 0]


def test_a_year_has_twelve_months() -> None:
    assert yearly_value(2.5, 100) == 3_000


@given(CASES, PAYOFFS, st.floats(-0.5, 1.5), st.floats(0, 1))
def test_no_threshold_within_capacity_is_worth_more_than_the_best(
    cases: list[tuple[bool, float]], payoffs: PayoffMatrix, threshold: float, capacity_rate: float
) -> None:
    y, scores = np.array([case[0] for case in cases]), np.array([case[1] for case in cases])
    best = best_threshold(profit_curve(y, scores, payoffs), capacity_rate=capacity_rate)

    assert (scores >= best).mean() <= capacity_rate + 1e-9
    if (scores >= threshold).mean() <= capacity_rate:
        other = value_per_case(y, scores, threshold, payoffs)
        assert value_per_case(y, scores, best, payoffs) >= other - 1e-6
        assert perfect_value(payoffs, y.mean(), capacity_rate=capacity_rate) >= other - 1e-6


@given(CASES, PAYOFFS)
def test_the_curve_agrees_with_each_of_its_thresholds(cases: list[tuple[bool, float]], payoffs: PayoffMatrix) -> None:
    y, scores = np.array([case[0] for case in cases]), np.array([case[1] for case in cases])
    curve = profit_curve(y, scores, payoffs)

    values = [value_per_case(y, scores, threshold, payoffs) for threshold in curve.thresholds]
    assert curve.value_per_case == pytest.approx(values, abs=1e-9)
    assert (np.diff(curve.thresholds) < 0).all()


def test_a_million_cases_take_less_than_two_seconds() -> None:
    rng = np.random.default_rng(7)
    scores = rng.random(1_000_000)
    started = time.process_time()
    best_threshold(profit_curve(rng.random(1_000_000) < scores, scores, MAILING), capacity_rate=0.2)

    assert time.process_time() - started < 2
