"""Measures of error against published values."""

import numpy as np
import pytest
from numpy.typing import NDArray

from services.automl.forecasting.accuracy import (
    Judged,
    blocks_of,
    chance_of_gain,
    clusters_of,
    mase,
    measured,
    measured_gain,
    rmse,
    seasonal_scale,
    wape,
)
from tests.makers_series import BEER

Floats = NDArray[np.float64]


def judged(actual: Floats, forecast: Floats, scale: float, cluster: NDArray[np.int64] | None = None) -> Judged:
    n = len(actual)
    clusters = np.zeros(n, dtype=np.int64) if cluster is None else cluster
    return Judged(np.zeros(n, dtype=np.int64), clusters, actual, forecast, np.full(n, scale))


def test_the_example_of_sktime() -> None:
    """mean_absolute_scaled_error(y_true, y_pred, y_train=y_train) in its documentation."""
    train = np.array([5, 0.5, 4, 6, 3, 5, 2])
    one = judged(np.array([3, -0.5, 2, 7, 2]), np.array([2.5, 0.0, 2, 8, 1.25]), seasonal_scale(train, 1))
    assert mase(one) == pytest.approx(0.18333333333333335)


@pytest.mark.parametrize(
    ("method", "published"),
    [("season", (14.31, 13.4, 0.94)), ("last", (62.69, 57.40, 4.01)), ("mean", (38.45, 34.83, 2.44))],
)
def test_the_beer_of_hyndman_and_athanasopoulos(method: str, published: tuple[float, float, float]) -> None:
    """Forecasting: Principles and Practice, 2nd edition, 3.4: RMSE, MAE and MASE of 2008 to 2010 from 1992 to 2007."""
    train, test = BEER[:64], BEER[64:]
    forecasts = {
        "season": np.array([train[-4 + step % 4] for step in range(len(test))]),
        "last": np.full(len(test), train[-1]),
        "mean": np.full(len(test), train.mean()),
    }
    one = judged(test, forecasts[method], seasonal_scale(train, 4))
    assert rmse(one) == pytest.approx(published[0], abs=0.005)
    assert float(np.abs(test - forecasts[method]).mean()) == pytest.approx(published[1], abs=0.006)
    assert mase(one) == pytest.approx(published[2], abs=0.006)


def test_series_weigh_alike_in_the_scaled_error_and_by_size_in_the_weighted_one() -> None:
    series = np.array([0, 0, 0, 1])
    actual, forecast = np.array([10.0, 10, 10, 1000]), np.array([9.0, 9, 9, 1300])
    one = Judged(series, series, actual, forecast, np.array([1.0, 1, 1, 100]))
    assert mase(one) == pytest.approx((1 + 3) / 2)
    assert wape(one) == pytest.approx(303 / 1030)


def test_a_series_without_change_has_no_scale() -> None:
    assert np.isnan(seasonal_scale(np.ones(9), 1))
    assert np.isnan(seasonal_scale(np.array([1.0, 2.0]), 4))
    flat = judged(np.ones(3), np.ones(3), float("nan"))
    assert mase(flat) is None
    assert measured(mase, flat, seed=0) is None
    assert wape(judged(np.zeros(3), np.ones(3), 1.0)) is None


def test_gaps_do_not_count_towards_the_scale() -> None:
    assert seasonal_scale(np.array([1.0, np.nan, 3.0, 5.0, np.nan, 6.0]), 1) == 2.0


def test_an_interval_needs_stretches_and_holds_the_value() -> None:
    random = np.random.default_rng(0)
    actual = random.normal(size=60)
    few = measured(mase, judged(actual, np.zeros(60), 1.0, np.arange(60) // 20), seed=0)
    many = measured(mase, judged(actual, np.zeros(60), 1.0, np.arange(60) // 6), seed=0)
    assert few is not None
    assert many is not None
    assert few.low is None
    assert many.low is not None
    assert many.high is not None
    assert many.low < many.value < many.high


def test_a_gain_is_measured_on_the_same_moments() -> None:
    random = np.random.default_rng(0)
    actual = random.normal(size=200) * 100
    half = judged(actual, actual / 2, 1.0, np.arange(200) // 20)
    gain = measured_gain(half, np.zeros(200), seed=0)
    assert gain is not None
    assert gain.value == gain.low == gain.high == pytest.approx(0.5)
    assert chance_of_gain(half, np.zeros(200), seed=0) == 1.0
    assert chance_of_gain(judged(actual, actual, 1.0), np.zeros(200), seed=0) is None


def test_many_series_are_drawn_by_series_and_few_by_stretch() -> None:
    series, origins = np.repeat(np.arange(12), 3), np.tile([5, 10, 15], 12)
    assert (clusters_of(series, origins, 12) == series).all()
    assert list(np.unique(clusters_of(series, origins, 3))) == [0, 1, 2]


@pytest.mark.parametrize(("n", "season", "n_blocks"), [(30, 7, 5), (14, 7, 5), (4, 12, 2), (1, 1, 1)])
def test_a_single_stretch_is_cut_into_runs(n: int, season: int, n_blocks: int) -> None:
    assert len(np.unique(blocks_of(np.arange(1, n + 1), season))) == n_blocks
