"""Paired differences: published values, honest coverage, and the direction people expect."""

import numpy as np
import pytest
from scipy import stats

from services.automl.differences import MAX_RESAMPLED_ROWS, money_difference, paired_delong, score_difference
from services.automl.metrics import METRICS
from services.automl.scoring import score
from tests.makers_automl import make_goal
from tests.services.automl.test_intervals import A, Y
from tests.services.automl.test_row_scores import draw

B = np.array([0.2, 0.1, 0.5, 0.3, 0.4, 0.3, 0.6, 0.4, 0.7, 0.65])


def both(scores: np.ndarray) -> np.ndarray:
    return np.column_stack([1 - scores, scores])


def test_paired_delong_matches_the_published_example() -> None:
    value, error = paired_delong(Y, B, A)
    assert value == pytest.approx(0.86 - 0.84)
    z = value / error
    assert z == pytest.approx(0.164399, abs=1e-6)
    assert 2 * stats.norm.sf(z) == pytest.approx(0.869417, abs=1e-6)


@pytest.mark.parametrize("metric", list(METRICS))
def test_a_model_does_not_differ_from_itself(metric: str) -> None:
    y, predictions = draw(metric, 120, 0)
    if metric == "average_precision":
        y, predictions = Y.astype(int), both(A)
    found = score_difference(metric, y, predictions, predictions)
    assert (found.value, found.low, found.high) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)
    assert not found.is_clear


@pytest.mark.parametrize("metric", ["log_loss", "rmse", "r2", "roc_auc"])
def test_a_clearly_better_model_is_told_from_chance(metric: str) -> None:
    y, predictions = draw(metric, 400, 1)
    worse = predictions + np.random.default_rng(2).normal(0, 8 if y.dtype == float else 0.6, predictions.shape)
    if y.dtype != float:
        worse = np.clip(worse, 0.01, None)
        worse /= worse.sum(axis=1, keepdims=True)
    found = score_difference(metric, y, worse, predictions)
    assert found.is_clear
    assert (found.value > 0) == METRICS[metric].greater_is_better
    assert found.value == pytest.approx(score(metric, y, predictions) - score(metric, y, worse))


def test_the_interval_holds_what_it_promises() -> None:
    random = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        y = random.random(150) < 0.4
        shared = y + random.normal(0, 1, 150)
        found = score_difference(
            "roc_auc", y.astype(int), *(both(shared + random.normal(0, 0.5, 150)) for _ in range(2))
        )
        hits += not found.is_clear
    assert 181 <= hits <= 198  # 95% of 200, within three standard errors


def test_money_is_compared_at_the_best_threshold_of_each() -> None:
    random = np.random.default_rng(1)
    y = random.random(600) < 0.3
    good, poor = (np.clip(0.3 + 0.3 * y + random.normal(0, noise, 600), 0, 1) for noise in (0.1, 0.6))
    goal = make_goal()
    found = money_difference(goal, y, poor, good)
    worth = [goal.yearly(y, scores, goal.threshold(y, scores)) for scores in (poor, good)]
    assert found.value == pytest.approx(worth[1] - worth[0])
    assert found.is_clear
    assert "paired bootstrap of 1,000" in found.method


def test_very_many_rows_are_compared_without_resampling_and_alike() -> None:
    n = MAX_RESAMPLED_ROWS + 2
    y, predictions = draw("mae", n, 0)
    other = predictions + np.random.default_rng(1).normal(0, 1, n)
    found = score_difference("mae", y, predictions, other)
    few = score_difference("mae", y[:-3], predictions[:-3], other[:-3])
    assert found.method == "paired, normal"
    assert (found.low, found.high) == pytest.approx((few.low, few.high), rel=0.1)


def test_a_single_row_of_a_class_gives_a_difference_without_an_interval() -> None:
    y = np.array([0, 0, 0, 1])
    found = score_difference("roc_auc", y, both(A[:4]), both(B[:4]))
    assert (found.low, found.high) == (None, None)
    assert "too few" in found.method
