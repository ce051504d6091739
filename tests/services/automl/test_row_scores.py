"""Scores made of what single rows contribute are the scores themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.automl.intervals import bootstrap
from services.automl.row_scores import area_influences, row_means, row_money
from services.automl.scoring import score
from tests.makers_automl import make_goal

SMOOTH = ("log_loss", "accuracy", "rmse", "mae", "r2")


def draw(metric: str, n: int, seed: int) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    if metric in ("rmse", "mae", "r2"):
        y = random.normal(50, 10, n)
        return y, y + random.normal(0, 4, n)
    labels = random.integers(0, 3, n)
    weights = random.random((n, 3)) + 0.5 * np.eye(3)[labels]
    return labels, weights / weights.sum(axis=1, keepdims=True)


@given(seed=st.integers(0, 50), n=st.integers(10, 200), metric=st.sampled_from(SMOOTH))
def test_the_means_of_rows_give_the_score(seed: int, n: int, metric: str) -> None:
    y, predictions = draw(metric, n, seed)
    means = row_means(metric, y, predictions)
    assert means is not None
    assert means.value == pytest.approx(score(metric, y, predictions), rel=1e-9)
    assert means.influences.mean() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("metric", SMOOTH)
def test_the_spread_of_influences_is_what_the_bootstrap_finds(metric: str) -> None:
    y, predictions = draw(metric, 400, 1)
    means = row_means(metric, y, predictions)
    assert means is not None
    width = 2 * 1.96 * means.influences.std() / 20
    found = bootstrap(lambda rows: score(metric, y[rows], predictions[rows]), 400)
    assert found.low is not None
    assert found.high is not None
    assert width == pytest.approx(found.high - found.low, rel=0.12)


def test_the_area_of_three_classes_is_as_sure_as_the_bootstrap_says() -> None:
    y, predictions = draw("log_loss", 300, 2)
    influences = area_influences(y, predictions)
    found = bootstrap(lambda rows: score("roc_auc", y[rows], predictions[rows]), 300)
    assert found.low is not None
    assert found.high is not None
    assert 2 * 1.96 * influences.std() / np.sqrt(300) == pytest.approx(found.high - found.low, rel=0.15)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_a_metric_of_ranking_is_no_mean_over_rows(metric: str) -> None:
    y, predictions = draw("log_loss", 20, 0)
    assert row_means(metric, y, predictions) is None


@pytest.mark.parametrize("base_rate", [None, 0.1])
def test_the_money_of_rows_is_the_money_of_the_search(base_rate: float | None) -> None:
    random = np.random.default_rng(3)
    y = random.random(500) < 0.3
    scores = np.clip(0.3 + 0.3 * y + random.normal(0, 0.2, 500), 0, 1)
    goal = make_goal(base_rate=base_rate)
    threshold = goal.threshold(y, scores)
    assert row_money(goal, y, scores, threshold).value == pytest.approx(goal.yearly(y, scores, threshold))
