"""Forecasts beside the simplest repeat and Holt-Winters, on series that nothing was tuned to.

    python -m benchmarks.forecasts --bike FOLDER --budget 30

Public series come with statsmodels (co2, sunspots, El Niño, the Nile, US prices); with `--bike`, hourly bicycle rentals
(bike_train.csv and bike_test.csv) are read, as they are and added up by day. Others are generated. The last stretch of
each is kept away from everything, forecast once, and compared by MASE, whose scale is the change over a season before.
"""

import argparse
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from services.automl.forecasting.accuracy import seasonal_scale
from services.automl.forecasting.analysing import make_forecast
from services.automl.forecasting.panel import Question
from services.automl.processes import limit_threads


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bike", type=Path)
    parser.add_argument("--budget", type=float, default=30.0)
    options = parser.parse_args()
    limit_threads()
    print("| series | values, horizon | chosen | MASE | best repeat | Holt-Winters | in 80%, 95% | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    gains = []
    for name, frame, horizon, season in _series(options.bike):
        known, last = frame.iloc[:-horizon], frame["y"].to_numpy()[-horizon:]
        began = time.monotonic()
        made = make_forecast(
            known,
            Question("y", "t", horizon),
            seconds_left=lambda: options.budget - (time.monotonic() - began),  # noqa: B023
        )
        seconds = time.monotonic() - began
        scale = seasonal_scale(known["y"].to_numpy(dtype=np.float64), made.report.season)
        ours = made.table["forecast"].to_numpy()
        naive = _repeat(known["y"].to_numpy(dtype=np.float64), horizon, made.report.season)
        winters = _holt_winters(known["y"].to_numpy(dtype=np.float64), horizon, season)
        scores = [_mase(forecast, last, scale) for forecast in (ours, naive, winters)]
        gains.append(np.log(scores[0] / scores[1]))
        covered = ", ".join(f"{_covered(made.table, last, level):.0%}" for level in (80, 95))
        told = " | ".join(f"{score:.2f}" for score in scores)
        size = f"{len(known):,}, {horizon}"
        print(f"| {name} | {size} | {made.report.method} | {told} | {covered} | {seconds:.0f} |", flush=True)
    print(f"\nGeometric mean of MASE against the best repeat: {np.exp(np.mean(gains)):.2f}")


def _series(bike: Path | None) -> Iterator[tuple[str, pd.DataFrame, int, int]]:
    """Name, table of t and y, steps ahead, and the season that Holt-Winters is told."""
    yield from _public()
    yield from _generated()
    if bike is None:
        return
    rows = pd.concat([pd.read_csv(bike / f"bike_{part}.csv") for part in ("train", "test")])
    days = rows.groupby("dteday", as_index=False)["cnt"].sum().rename(columns={"dteday": "t", "cnt": "y"})
    yield "bicycles, by day", days, 14, 7
    hours = pd.DataFrame({"t": pd.to_datetime(rows["dteday"]) + pd.to_timedelta(rows["hr"], "h"), "y": rows["cnt"]})
    yield "bicycles, by hour", hours.sort_values("t", ignore_index=True), 24, 24


def _public() -> Iterator[tuple[str, pd.DataFrame, int, int]]:
    from statsmodels import datasets

    co2 = datasets.co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    yield "CO2 at Mauna Loa, by month", _table(co2.index, co2), 24, 12
    spots = datasets.sunspots.load_pandas().data["SUNACTIVITY"]
    yield "sunspots, by year", _table(np.arange(len(spots)), spots), 11, 1
    ocean = datasets.elnino.load_pandas().data.set_index("YEAR").to_numpy().ravel()
    yield "El Niño, by month", _table(pd.date_range("1950-01-01", periods=len(ocean), freq="MS"), ocean), 12, 12
    nile = datasets.nile.load_pandas().data["volume"]
    yield "the Nile, by year", _table(np.arange(len(nile)), nile), 10, 1
    prices = datasets.macrodata.load_pandas().data["cpi"]
    yield "US prices, by quarter", _table(pd.date_range("1959-01-01", periods=len(prices), freq="QS"), prices), 8, 4


def _generated() -> Iterator[tuple[str, pd.DataFrame, int, int]]:
    random = np.random.default_rng(20)
    days, place = pd.date_range("2021-01-01", periods=600), np.arange(600)
    yield "random walk", _table(days, random.normal(size=600).cumsum()), 14, 7
    week = 20 * np.sin(2 * np.pi * place / 7)
    yield "trend, week and noise", _table(days, 100 + 0.2 * place + week + random.normal(0, 5, 600)), 14, 7
    yield "demand with many zeros", _table(days, random.poisson(0.3, 600) * random.integers(1, 5, 600)), 14, 7


def _table(times: object, values: object) -> pd.DataFrame:
    return pd.DataFrame({"t": times, "y": np.asarray(values, dtype=np.float64)})


def _repeat(values: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """The better of the last value and the last season, by how they did on the stretch before."""
    before, stretch = values[:-horizon], values[-horizon:]
    ways = {lag: np.resize(values[-lag:], horizon) for lag in {1, season}}
    errors = {lag: np.nanmean(np.abs(np.resize(before[-lag:], horizon) - stretch)) for lag in ways}
    return ways[min(errors, key=lambda lag: errors[lag])]


def _holt_winters(values: np.ndarray, horizon: int, season: int) -> np.ndarray:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    filled = pd.Series(values).interpolate().to_numpy()
    seasonal = {"seasonal": "add", "seasonal_periods": season} if season > 1 else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ExponentialSmoothing(filled, trend="add", damped_trend=True, **seasonal).fit()
    return np.asarray(fitted.forecast(horizon))


def _mase(forecast: np.ndarray, actual: np.ndarray, scale: float) -> float:
    return float(np.nanmean(np.abs(forecast - actual))) / scale


def _covered(table: pd.DataFrame, actual: np.ndarray, level: int) -> float:
    if f"low_{level}" not in table:
        return float("nan")
    inside = (actual >= table[f"low_{level}"].to_numpy()) & (actual <= table[f"high_{level}"].to_numpy())
    return float(inside.mean())


if __name__ == "__main__":
    main()
