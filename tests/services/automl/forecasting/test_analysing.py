"""A forecast from beginning to end: known patterns, repeats that win, planted leaks, bad input."""

import json
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st

from services.automl.errors import UnusableDataError
from services.automl.forecasting.analysing import ForecastMade, make_forecast
from services.automl.forecasting.lag_table import forecast
from services.automl.forecasting.panel import Question
from services.automl.forecasting.portable import portable_files
from tests.makers_series import make_beer, make_days, make_shops


def days_ahead(frame: pd.DataFrame, horizon: int = 7, *, seconds: float = 120.0, **question: Any) -> ForecastMade:
    asked = Question(**{"target": "sold", "time": "day", "horizon": horizon, **question})
    return make_forecast(frame, asked, seconds_left=lambda: seconds)


@cache
def made(name: str) -> ForecastMade:
    if name == "beer":
        return make_forecast(make_beer(), Question("litres", "quarter", 8), seconds_left=lambda: 120)
    if name == "walk":
        values = np.random.default_rng(0).normal(size=300).cumsum()
        return days_ahead(make_days(300).assign(sold=values))
    if name == "shops":
        return days_ahead(make_shops(), series="shop")
    return days_ahead(make_days(200))


def test_a_trend_and_a_week_are_forecast_better_than_by_a_repeat() -> None:
    report = made("days").report
    assert not report.is_naive
    chosen = report.tried[0]
    assert chosen.gain is not None
    assert chosen.gain.low is not None
    assert chosen.gain.low > 0
    assert report.sealed.mase is not None
    assert report.sealed.naive_mase is not None
    assert report.sealed.mase.value < report.sealed.naive_mase
    assert "less than the best repeat" in report.sentence


def test_the_forecast_goes_on_where_the_table_ends() -> None:
    table = made("days").table
    assert list(table["time"]) == list(pd.date_range("2023-07-21", periods=7))
    assert list(table["step"]) == list(range(1, 8))
    truth = 100 + 0.3 * np.arange(200, 207) + np.array([0, 1, 2, 3, 8, 25, 20])[table["time"].dt.day_of_week]
    assert table["forecast"].to_numpy() == pytest.approx(truth, abs=6)
    assert (table["low_95"] <= table["low_80"]).all()
    assert (table["low_80"] <= table["forecast"]).all()
    assert (table["forecast"] <= table["high_80"]).all()


def test_a_random_walk_needs_no_model() -> None:
    report = made("walk").report
    assert report.is_naive
    assert "no model is needed" in report.sentence
    assert any(not tried.is_naive for tried in report.tried), "models were tried and lost"


def test_many_series_are_forecast_by_one_model_although_their_sizes_differ_a_thousandfold() -> None:
    found = made("shops")
    assert found.report.n_series == 12
    assert len(found.table) == 12 * 7
    assert found.report.sealed.n_series == 12
    large = found.table[found.table["series"] == "S11"]["forecast"].mean()
    small = found.table[found.table["series"] == "S00"]["forecast"].mean()
    assert large / small == pytest.approx(2**11, rel=0.1)
    assert len(found.report.lines) == 12


def test_beer_is_forecast_about_as_well_as_by_the_best_repeat_that_is_published() -> None:
    """The published MASE of the seasonal repeat over ten quarters is 0.94."""
    report = made("beer").report
    assert (report.step, report.season) == ("quarter", 4)
    assert report.sealed.mase is not None
    assert report.sealed.mase.value < 1.0


def test_intervals_are_measured_on_the_sealed_stretch() -> None:
    coverage = {one.level: one for one in made("shops").report.coverage}
    assert coverage.keys() == {0.8, 0.95}
    assert coverage[0.8].n == 84
    assert coverage[0.8].share > 0.6
    assert coverage[0.95].share > 0.85
    assert coverage[0.95].low <= coverage[0.95].share <= coverage[0.95].high


def test_the_same_history_read_again_gives_the_same_forecast() -> None:
    found = made("shops")
    shuffled = make_shops().sample(frac=1.0, random_state=1)
    again = forecast(found.pipeline, found.schema, shuffled).sort_values(["series", "step"], ignore_index=True)
    pd.testing.assert_frame_equal(again, found.table.sort_values(["series", "step"], ignore_index=True))


def test_the_saved_files_forecast_without_the_portal(tmp_path: Path) -> None:
    """In another process that cannot import any of it."""
    found = made("days")
    skops.io.dump(found.pipeline, tmp_path / "pipeline.skops")
    (tmp_path / "schema.json").write_text(json.dumps(found.schema, allow_nan=False))
    make_days(200).to_csv(tmp_path / "history.csv", index=False)
    for name, content in portable_files().items():
        (tmp_path / name).write_text(content)
        assert "services." not in content
    script = (
        "import sys; sys.modules['services'] = sys.modules['portal'] = None\n"
        "import json, pandas, skops.io, lag_table\n"
        "types = skops.io.get_untrusted_types(file='pipeline.skops')\n"
        "pipeline = skops.io.load('pipeline.skops', trusted=types)\n"
        "schema = json.load(open('schema.json'))\n"
        "lag_table.forecast(pipeline, schema, pandas.read_csv('history.csv')).to_csv('next.csv', index=False)\n"
    )
    (tmp_path / "run.py").write_text(script)
    subprocess.run([sys.executable, "run.py"], cwd=tmp_path, check=True)
    said = pd.read_csv(tmp_path / "next.csv")
    assert said["forecast"].to_numpy() == pytest.approx(found.table["forecast"].to_numpy())


def test_a_column_from_the_future_that_nobody_declared_is_not_looked_at() -> None:
    frame = make_days(120)
    leaky = frame.assign(tomorrow=frame["sold"].shift(-1), same=frame["sold"], noise=1.0)
    clean, planted = days_ahead(frame, seconds=0.0), days_ahead(leaky, seconds=0.0)
    pd.testing.assert_frame_equal(clean.table, planted.table)
    assert clean.report.tried == planted.report.tried


def test_a_column_from_the_future_that_is_declared_is_refused_because_the_future_does_not_have_it() -> None:
    frame = make_days(120)
    with pytest.raises(UnusableDataError, match="said to be known in advance, but"):
        days_ahead(frame.assign(same=frame["sold"]), known=("same",))


def test_the_sealed_values_change_neither_choice_nor_validation() -> None:
    """They are opened once, at the end; spoiling them spoils their own figures only."""
    frame = make_days(150)
    spoiled = frame.copy()
    spoiled.loc[143:, "sold"] = 1e6
    honest, other = days_ahead(frame).report, days_ahead(spoiled).report
    assert honest.tried == other.tried
    assert honest.method == other.method
    assert honest.sealed != other.sealed


def test_what_is_known_in_advance_is_used() -> None:
    random = np.random.default_rng(0)
    days = pd.date_range("2023-01-02", periods=207)
    is_sale = random.random(207) < 0.3
    sold = pd.Series(50 + 40 * is_sale + random.normal(0, 1, 207)).mask(np.arange(207) >= 200)
    frame = pd.DataFrame({"day": days, "sold": sold, "sale": np.where(is_sale, "yes", "no")})
    found = days_ahead(frame, known=("sale",))
    assert not found.report.is_naive
    on_sale = is_sale[200:]
    told = found.table["forecast"].to_numpy()
    assert told[on_sale] == pytest.approx(np.full(on_sale.sum(), 90), abs=8)
    assert told[~on_sale] == pytest.approx(np.full((~on_sale).sum(), 50), abs=8)


def test_a_gap_before_the_forecast_leaves_its_first_days_out() -> None:
    table = days_ahead(make_days(150), gap=2, seconds=0.0).table
    assert list(table["step"]) == list(range(3, 10))
    assert table["time"].iloc[0] == pd.Timestamp("2023-06-03")


@settings(max_examples=4)
@given(st.sampled_from([1e-6, 0.01, 1e6]), st.integers(0, 1_000))
def test_units_of_the_value_order_of_rows_and_names_change_nothing(unit: float, seed: int) -> None:
    frame = make_days(100)
    changed = frame.assign(sold=frame["sold"] * unit).sample(frac=1.0, random_state=seed)
    changed = changed.rename(columns={"sold": "y", "day": "t"})
    one = days_ahead(frame, seconds=0.0)
    other = days_ahead(changed, target="y", time="t", seconds=0.0)
    assert other.table["forecast"].to_numpy() / unit == pytest.approx(one.table["forecast"].to_numpy(), rel=1e-6)
    assert other.report.method == one.report.method


def test_one_seed_gives_one_answer_and_the_report_is_plain_data() -> None:
    first, second = (days_ahead(make_days(100), seconds=0.0) for _ in range(2))
    assert asdict(first.report) | {"seconds": 0} == asdict(second.report) | {"seconds": 0}
    assert json.loads(json.dumps(asdict(made("shops").report), allow_nan=False))["n_series"] == 12


def test_a_clock_that_has_run_out_leaves_repeats_and_says_so() -> None:
    report = days_ahead(make_days(100), seconds=0.0).report
    assert report.is_naive
    assert any(sentence.startswith("No time was left for:") for sentence in report.cut)


@pytest.mark.parametrize("value", [5.0, 0.0])
def test_a_constant_series_goes_on_as_it_is(value: float) -> None:
    found = days_ahead(make_days(60).assign(sold=value), seconds=10.0)
    assert found.table["forecast"].to_numpy() == pytest.approx(np.full(7, value))
    assert "never changes" in found.report.sentence
    assert "no model is needed" in found.report.sentence
    json.dumps(asdict(found.report), allow_nan=False)


@pytest.mark.parametrize(
    ("frame", "horizon", "says"),
    [
        (make_days(3), 1, "has 3 known values over 3 days; to forecast 1 and to test the forecast, at least 6"),
        (make_days(50), 60, "Ask for fewer steps, or bring a longer history"),
        (make_days(1), 1, "one time only"),
        (make_days(60)[["sold"]], 7, "no column “day”"),
        (make_days(60).assign(sold=np.nan), 7, "no number in any row"),
    ],
    ids=["three points", "horizon longer than the series", "one row", "one column", "all missing"],
)
def test_what_cannot_be_forecast_is_refused_with_a_sentence(frame: pd.DataFrame, horizon: int, says: str) -> None:
    with pytest.raises(UnusableDataError, match=says):
        days_ahead(frame, horizon, seconds=0.0)


@pytest.mark.parametrize(
    "frame",
    [
        make_days(60).drop(index=list(range(20, 35))),
        make_days(60).assign(sold=np.r_[np.zeros(59), 1.0]),
        make_days(60).assign(sold=np.r_[np.zeros(50), np.full(10, 1e12)]),
        make_days(60).assign(sold=np.where(np.arange(60) % 3, np.nan, 5.0)),
        make_days(60).assign(sold=np.where(np.arange(60) == 30, np.inf, np.arange(60.0))),
        make_days(8).assign(sold=np.arange(8.0)),
        make_days(60).assign(sold=-np.arange(60.0)),
    ],
    ids=["a long gap", "one change at the end", "a jump", "two thirds missing", "infinite", "eight points", "negative"],
)
def test_odd_series_give_a_sound_result(frame: pd.DataFrame) -> None:
    found = days_ahead(frame, 2, seconds=3.0)
    assert np.isfinite(found.table["forecast"]).all()
    json.dumps(asdict(found.report), allow_nan=False)
    json.dumps(found.schema, allow_nan=False)


def test_gaps_and_closed_shops_are_told() -> None:
    shops = make_shops(100, 4)
    frame = shops[(shops["shop"] != "S01") | (shops["day"] < "2023-02-10")].drop(index=[60])
    report = days_ahead(frame, series="shop", seconds=0.0).report
    assert any("1 series ended long before" in note and "“S01”" in note for note in report.notes)
    assert any("between the first and the last value have none" in note for note in report.notes)
