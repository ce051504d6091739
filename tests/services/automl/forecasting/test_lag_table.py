"""Features are made of what was known at the origin, whatever comes after it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.automl.forecasting.lag_table import History, features_of, lag_table, read_histories, targets_of

Floats = NDArray[np.float64]
SCHEMA: dict[str, Any] = {
    "target": "sold",
    "time": "day",
    "series": None,
    "is_panel": False,
    "series_names": [],
    "known": [],
    "horizon": 5,
    "gap": 0,
    "axis": {"unit": "seconds", "step": 86_400.0, "anchor": "2023-01-02"},
    "season": 7,
    "long_season": 0,
    "n_lags": 7,
    "calendar": ["weekday", "month"],
    "floor": None,
    "intervals": [],
}


def table_of(values: Floats, origin: int, steps: NDArray[np.int64] | None = None, **changes: Any) -> pd.DataFrame:
    steps = np.arange(1, 6) if steps is None else steps
    return lag_table(History("", values, {}), np.full(len(steps), origin), steps, {**SCHEMA, **changes})


def test_the_features_of_a_counting_series_by_hand() -> None:
    """y(t) = t: the level is the mean of the last seven, the usual change over a week is 7."""
    row = table_of(np.arange(60.0), 40).iloc[1]  # two steps ahead: 42
    assert (row["level"], row["spread"]) == (37.0, 7.0)
    assert row["last"] == row["lag_0"] == pytest.approx((40 - 37) / 7)
    assert row["lag_3"] == pytest.approx(0.0)
    assert row["season_1"] == pytest.approx((35 - 37) / 7)
    assert row["season_2"] == pytest.approx((28 - 37) / 7)
    assert row["season_mean"] == pytest.approx((np.mean([35, 28, 21, 14]) - 37) / 7)
    assert row["mean_3"] == pytest.approx((39 - 37) / 7)
    assert row["on_slope"] == pytest.approx(2 / 7)
    assert row["on_drift"] == pytest.approx(2 / 7)
    assert row["weekday"] == 0  # 42 days after a Monday


def test_the_target_is_told_in_the_same_units_and_turns_back() -> None:
    values = np.arange(60.0) ** 1.5
    history, origins, steps = History("", values, {}), np.array([30, 30, 58]), np.array([1, 5, 3])
    table = lag_table(history, origins, steps, SCHEMA)
    target = targets_of(history, origins, steps, table)
    told = table["level"] + table["spread"] * target
    assert list(told[:2]) == pytest.approx([values[31], values[35]])
    assert np.isnan(target[2])


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=30, max_size=60),
    st.integers(0, 1_000),
    st.sampled_from([1, 4, 7]),
)
def test_nothing_after_the_origin_can_reach_a_feature(values: list[float], seed: int, season: int) -> None:
    """Every later value is replaced: the features stay what they were, to the last bit."""
    random = np.random.default_rng(seed)
    before = np.array([1.0, *values])
    origin = int(random.integers(0, len(before)))
    after = before.copy()
    after[origin + 1 :] = random.choice([1e12, -1e12, np.nan, 0.0], len(before) - origin - 1)
    one, other = (table_of(line, origin, season=season, long_season=20) for line in (before, after))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_feature_of_a_later_value_is_an_error_and_no_number() -> None:
    """With a season of nought the same season would lie after the origin."""
    from services.automl.forecasting.lag_table import _Past

    past = _Past(np.arange(10.0), 1)
    with pytest.raises(ValueError, match="after the origin"):
        past.at(np.array([6]), np.array([5]))
    with pytest.raises(ValueError, match="after the origin"):
        past.mean(np.array([6]), 3, np.array([5]))


@given(st.floats(0.001, 1_000), st.floats(-1_000, 1_000))
def test_units_and_origin_of_the_values_change_no_feature(unit: float, origin: float) -> None:
    values = 50 + np.random.default_rng(0).normal(size=60).cumsum()
    one, other = (features_of(table_of(line, 45)) for line in (values, unit * values + origin))
    assert one.to_numpy() == pytest.approx(other.to_numpy(), abs=1e-5)


def test_gaps_are_looked_over() -> None:
    values = np.arange(60.0)
    values[[38, 39, 40]] = np.nan
    values[35] = np.nan
    row = table_of(values, 40).iloc[1]
    told = row["level"] + row["spread"] * row[["last", "season_1"]].astype(float)
    assert list(told) == pytest.approx([37.0, 28.0]), "the last known value, and the same day two weeks ago"
    assert np.isnan(row["lag_0"])


def test_the_repeat_of_a_season_with_a_gap_reaches_further_back() -> None:
    steps = np.array([1, 4, 5])
    table = table_of(np.arange(60.0), 40, steps, gap=3)
    told = table["level"] + table["spread"] * table["season_1"]
    assert list(told) == pytest.approx([34.0, 37.0, 38.0])


def test_a_series_of_one_value_and_a_flat_one_have_features() -> None:
    for values in (np.array([5.0]), np.full(20, 5.0), np.zeros(20)):
        table = table_of(values, len(values) - 1)
        assert np.isfinite(table[["level", "spread", "last"]].to_numpy()).all()
        assert (table["spread"] > 0).all()


def test_what_is_known_in_advance_is_taken_at_the_step_and_not_at_the_origin() -> None:
    price = pd.Series(np.arange(100.0), index=range(100))
    history = History("", np.arange(60.0), {"price": price})
    table = lag_table(history, np.array([40, 40]), np.array([1, 5]), {**SCHEMA, "known": ["price"]})
    assert list(table["known price"]) == [41.0, 45.0]


def test_a_series_that_was_not_learned_is_another() -> None:
    schema = {**SCHEMA, "is_panel": True, "series_names": ["a"]}
    names = [
        lag_table(History(name, np.arange(60.0), {}), np.array([40]), np.array([1]), schema)["series"].iloc[0]
        for name in ("a", "b")
    ]
    assert names == ["a", "another"]


def test_rows_in_any_order_and_of_several_series_are_put_on_the_axis() -> None:
    frame = pd.DataFrame(
        {
            "day": ["2023-01-04", "2023-01-02", "2023-01-03", "2023-01-02", "2023-01-05", "no day"],
            "shop": ["a", "a", "b", "b", "a", "a"],
            "sold": [3.0, 1.0, 20.0, 10.0, np.nan, 9.0],
        }
    )
    one, other = read_histories(frame, {**SCHEMA, "series": "shop"})
    assert (one.name, other.name) == ("a", "b")
    np.testing.assert_array_equal(one.values, [1.0, np.nan, 3.0])
    np.testing.assert_array_equal(other.values, [10.0, 20.0])
