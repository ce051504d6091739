import numpy as np
import pytest

from services.automl.estimates import Estimate, choose_best, estimate, on_new_rows
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


def test_a_test_of_new_rows_errs_by_chance_as_well() -> None:
    """Means of n and m draws of one coin differ by more than the interval of one, and by this much in 95% of cases."""
    random, n, m = np.random.default_rng(0), 900, 300
    known, new = random.binomial(n, 0.3, 4_000) / n, random.binomial(m, 0.3, 4_000) / m
    inside = []
    for share, other in zip(known, new, strict=True):
        reach = 1.96 * np.sqrt(share * (1 - share) / n)
        estimate = Estimate(share, 0.0, share, share - reach, share + reach, "", n)
        wider = on_new_rows(estimate, m, ACCURACY)
        assert wider.low is not None and wider.high is not None
        inside.append((estimate.low or 0) <= other <= (estimate.high or 0))
        inside.append(wider.low <= other <= wider.high)
    assert np.mean(inside[1::2]) == pytest.approx(0.95, abs=0.015)
    assert np.mean(inside[::2]) < 0.75


def test_what_has_no_interval_has_none_on_new_rows() -> None:
    found = on_new_rows(Estimate(0.5, 0.0, 0.5, None, None, "out of fold", 10), 100, RMSE)
    assert (found.low, found.high, found.value) == (None, None, 0.5)


def test_no_test_is_expected_to_be_better_than_perfect() -> None:
    area = on_new_rows(Estimate(0.99, 0.0, 0.99, 0.985, 0.995, "", 2_000), 40, METRICS["roc_auc"])
    assert area.high == 1.0
    error = on_new_rows(Estimate(1.0, 0.0, 1.0, 0.8, 1.2, "", 2_000), 40, RMSE)
    assert error.low == 0.0
    assert error.high is not None and error.high > 2
