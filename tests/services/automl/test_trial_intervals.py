"""Intervals of trials: the right width, and nothing where nothing can be said."""

import numpy as np
import pytest

from services.automl.intervals import delong, wilson
from services.automl.metrics import METRICS
from services.automl.money import MoneyGoal
from services.automl.scoring import score
from services.automl.trial_intervals import MAX_RESAMPLED_ROWS, trial_intervals
from services.valuation.payoffs import PayoffMatrix
from tests.makers_automl import make_goal
from tests.services.automl.test_row_scores import draw

RANDOM = np.random.default_rng(0)
Y = (RANDOM.random(400) < 0.3).astype(np.int64)
P = np.clip(0.3 + 0.3 * (Y - 0.3) + RANDOM.normal(0, 0.2, 400), 0.01, 0.99)
BOTH = np.column_stack([1 - P, P])


def test_two_classes_have_the_interval_of_delong_and_a_share_that_of_wilson() -> None:
    found = trial_intervals("roc_auc", Y, BOTH)
    assert (found.score_low, found.score_high) == delong(Y == 1, P)[1:]
    hits = int((BOTH.argmax(axis=1) == Y).sum())
    found = trial_intervals("accuracy", Y, BOTH)
    assert (found.score_low, found.score_high) == wilson(hits, 400)


@pytest.mark.parametrize("metric", list(METRICS))
def test_every_metric_has_an_interval_around_its_score(metric: str) -> None:
    y, predictions = (Y, BOTH) if metric == "average_precision" else draw(metric, 300, 4)
    found = trial_intervals(metric, y, predictions)
    assert found.score_low is not None
    assert found.score_high is not None
    assert found.score_low < score(metric, y, predictions) < found.score_high


def test_money_has_an_interval_of_its_own() -> None:
    goal = make_goal()
    found = trial_intervals("roc_auc", Y, BOTH, money=goal)
    worth = goal.yearly(Y == 1, P, goal.threshold(Y == 1, P))
    assert found.value_low is not None
    assert found.value_high is not None
    assert found.value_low < worth < found.value_high


def test_acting_on_nobody_is_worth_exactly_nothing() -> None:
    loses = PayoffMatrix(true_positive=1.0, false_positive=-1e6, false_negative=0.0, true_negative=0.0)
    goal = MoneyGoal(loses, None, 1_000.0, None, "EUR")
    found = trial_intervals("roc_auc", Y, BOTH[:, ::-1], money=goal)
    assert (found.value_low, found.value_high) == (0.0, 0.0)


def test_one_row_of_a_class_is_too_few_to_say() -> None:
    y = np.array([0, 0, 0, 1])
    found = trial_intervals("roc_auc", y, BOTH[:4])
    assert (found.score_low, found.score_high) == (None, None)


def test_a_metric_that_must_be_resampled_has_no_interval_where_that_takes_long() -> None:
    n = MAX_RESAMPLED_ROWS + 1
    found = trial_intervals("average_precision", np.resize(Y, n), np.resize(BOTH, (n, 2)))
    assert (found.score_low, found.score_high) == (None, None)
