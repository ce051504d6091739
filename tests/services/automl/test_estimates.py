import numpy as np
import pytest

from services.automl.estimates import choose_best, estimate
from services.automl.metrics import METRICS
from services.automl.scoring import score

ACCURACY, RMSE = METRICS["accuracy"], METRICS["rmse"]


def test_the_best_of_a_hundred_coins_is_a_coin() -> None:
    """Methods, V4.3: 100 models that flip a coin, 200 rows: the best looks like .600, and is .500."""
    naive, corrected = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)
        y = random.integers(0, 2, 200)
        models = [np.eye(2)[random.integers(0, 2, 200)] for _ in range(100)]
        best = max(models, key=lambda found: score("accuracy", y, found))
        found = estimate(best, choose_best(models, y, ACCURACY), y, ACCURACY, seed=seed, n_resamples=60)
        naive.append(found.naive)
        corrected.append(found.value)
    assert np.mean(naive) == pytest.approx(0.600, abs=0.02)
    assert np.mean(corrected) == pytest.approx(0.500, abs=0.02)


def test_where_there_is_no_choice_there_is_nothing_to_correct() -> None:
    y = np.random.default_rng(0).normal(size=100)
    found = estimate(y + 1, lambda _: y + 1, y, RMSE)
    assert found.optimism == 0
    assert found.value == found.naive == pytest.approx(1.0)


def test_choosing_makes_the_estimate_of_an_error_larger_never_smaller() -> None:
    random = np.random.default_rng(1)
    y = random.normal(size=80)
    models = [random.normal(size=80) for _ in range(50)]
    best = min(models, key=lambda found: score("rmse", y, found))
    found = estimate(best, choose_best(models, y, RMSE), y, RMSE)
    assert found.value > found.naive
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.n == 80
