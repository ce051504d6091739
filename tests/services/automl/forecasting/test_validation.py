"""Forecasts from earlier moments see nothing of what came later."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.forecasting.lag_table import History
from services.automl.forecasting.models import Kind
from services.automl.forecasting.panel import Panel, Question, read_panel
from services.automl.forecasting.validation import (
    MAX_REFITS,
    MAX_WINDOWS,
    cut_off,
    learn_rows,
    plan_origins,
    predict_rolling,
    stretch_after,
)
from tests.makers_series import make_days, make_shops
from tests.services.automl.forecasting.test_lag_table import SCHEMA


def panel_of(n: int, horizon: int = 7, gap: int = 0, **columns: Any) -> Panel:
    return read_panel(make_days(n, **columns), Question("sold", "day", horizon, gap=gap))


@pytest.mark.parametrize(("n", "horizon", "gap"), [(200, 7, 0), (200, 7, 3), (60, 14, 0), (40, 1, 0), (2_000, 24, 0)])
def test_windows_follow_each_other_and_end_before_the_sealed_stretch(n: int, horizon: int, gap: int) -> None:
    plan = plan_origins(panel_of(n, horizon, gap))
    reach = horizon + gap
    assert plan.sealed + reach == n - 1
    assert plan.windows[-1] + reach == plan.sealed
    assert set(np.diff(plan.windows)) <= {horizon}
    assert 1 <= len(plan.windows) <= MAX_WINDOWS
    assert all(cut <= origin for cut, origin in zip(plan.cuts, plan.windows, strict=True))
    assert len(set(plan.cuts)) <= MAX_REFITS


def test_there_are_three_windows_where_the_history_allows_them() -> None:
    assert len(plan_origins(panel_of(40, 7)).windows) >= 3
    assert len(plan_origins(panel_of(200, 14)).windows) >= 6
    assert len(plan_origins(panel_of(19, 7)).windows) == 1


@pytest.mark.parametrize(("n", "horizon", "needed"), [(3, 1, 6), (17, 7, 18), (10, 30, 64)])
def test_a_history_too_short_to_test_is_refused_with_how_much_is_needed(n: int, horizon: int, needed: int) -> None:
    with pytest.raises(
        UnusableDataError, match=rf"has {n} known values over {n} days; .* at least {needed} are needed"
    ):
        plan_origins(panel_of(n, horizon))


def test_a_history_ends_where_it_is_cut() -> None:
    """Later values are not held back: they are not there."""
    whole = History("", np.arange(10.0), {"price": pd.Series(np.arange(20.0))})
    part = cut_off(whole, 4)
    assert list(part.values) == [0, 1, 2, 3, 4]
    assert len(part.known["price"]) == 20


def test_rows_to_learn_from_end_at_the_cut_and_are_at_most_so_many() -> None:
    values = np.arange(200.0)
    learnt = learn_rows([History("", values, {})], 100, SCHEMA, most=10_000, seed=0)
    n_origins = 100 - 6  # from the end of the first week to the day before the cut
    assert len(learnt.y) == n_origins * 5 - (1 + 2 + 3 + 4)
    few = learn_rows([History("", values, {})], 100, SCHEMA, most=50, seed=0)
    assert 20 < len(few.y) < 90
    assert len(learn_rows([History("", values, {})], 3, SCHEMA, most=50, seed=0).y) == 0


@pytest.mark.parametrize("kind", ["season", "drift", "ridge", "lightgbm", "extra_trees"])
def test_what_happens_later_changes_no_earlier_forecast(kind: Kind) -> None:
    """From a middle origin on every value is replaced by nonsense: forecasts before it stay to the last bit."""
    panel = panel_of(150)
    plan = plan_origins(panel)
    (honest,) = panel.histories
    schema = {**SCHEMA, "horizon": 7}
    middle = plan.windows[len(plan.windows) // 2]
    values = honest.values.copy()
    values[middle + 1 :] = np.random.default_rng(0).choice([1e9, -1e9, 0.0], len(values) - middle - 1)
    said = []
    for history in (honest, History("", values, {})):
        learnt = {cut: learn_rows([history], cut, schema, most=5_000, seed=0) for cut in set(plan.cuts)}
        stretch = stretch_after([history], plan.windows, schema)
        predictions = predict_rolling(kind, stretch, plan, learnt, seed=0, seconds_left=lambda: 60.0)
        assert predictions is not None
        said.append(stretch.values_of(predictions)[stretch.origins <= middle])
    np.testing.assert_array_equal(said[0], said[1])
    assert len(said[0]) >= 14


def test_no_time_gives_no_answer_rather_than_half_of_one() -> None:
    panel = panel_of(150)
    plan = plan_origins(panel)
    schema = {**SCHEMA, "horizon": 7}
    learnt = {cut: learn_rows(panel.histories, cut, schema, most=500, seed=0) for cut in set(plan.cuts)}
    stretch = stretch_after(panel.histories, plan.windows, schema)
    assert predict_rolling("ridge", stretch, plan, learnt, seed=0, seconds_left=lambda: 0.0) is None


def test_series_that_begin_later_are_judged_where_they_are() -> None:
    shops = make_shops(120, 3)
    young = shops[(shops["shop"] != "S02") | (shops["day"] >= "2023-04-20")]
    panel = read_panel(young, Question("sold", "day", 7, series="shop"))
    schema = {**SCHEMA, "horizon": 7, "is_panel": True, "series_names": ["S00", "S01", "S02"]}
    early, late = (stretch_after(panel.histories, [origin], schema) for origin in (80, 112))
    assert set(early.series) == {0, 1}
    assert set(late.series) == {0, 1, 2}
