"""The lag table: what is known at a moment about each of the next values, as a table that a regressor learns from.

This file and `time_axis` need numpy and pandas and nothing else, so that they can lie beside a model and forecast
without the portal:

    import json, pandas, skops.io, lag_table
    types = skops.io.get_untrusted_types(file="pipeline.skops")  # look at them
    pipeline = skops.io.load("pipeline.skops", trusted=types)
    schema = json.load(open("schema.json"))
    print(lag_table.forecast(pipeline, schema, pandas.read_csv("history.csv")))

Each row is one series at one origin (the last moment whose values are known) for one step ahead. Every feature is made
of values at or before the origin, of the calendar of the forecast moment, and of columns that are known in advance.
Values are told relative to the series: less its recent level, in units of its usual change over a season, both as known
at the origin. A prediction p stands for level + spread * p.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.forecasting.time_axis import Places, Schema, place_of, times_at

Floats = NDArray[np.float64]

N_SEASONS = 4  # of which the mean of the same season is taken
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class History:
    """One series on the time axis: the value at each place from 0 on (t,), NaN where none is known.

    `known` has the columns that are known in advance, each from place 0 to some place at or after the last value.
    """

    name: str
    values: Floats
    known: Mapping[str, "pd.Series[Any]"]


def lag_table(history: History, origins: Places, steps: Places, schema: Schema) -> pd.DataFrame:
    """One row for each origin and step (n,): the features of the value `steps` places after it.

    `level` and `spread`, the last two columns, are not learned from: they turn predictions back into values.
    """
    past = _Past(history.values, int(schema["season"]))
    season, long_season = int(schema["season"]), int(schema["long_season"] or 0)
    level, spread = past.level(origins), past.spread(origins)

    def told(values: Floats) -> Floats:
        return np.asarray((values - level) / spread)

    table: dict[str, Any] = {"step": steps.astype(np.float64), "last": told(past.last(origins))}
    for lag in range(schema["n_lags"]):
        table[f"lag_{lag}"] = told(past.at(origins - lag, origins))
    back = season * -(-steps // season)
    same = [past.at(origins + steps - back - season * number, origins) for number in range(N_SEASONS)]
    table["season_1"], table["season_2"] = told(_first_known([*same, past.last(origins)])), told(same[1])
    table["season_mean"] = told(_mean_of([*same, np.where(_none_known(same), past.last(origins), np.nan)]))
    for name, width in _windows(season):
        table[name] = told(past.mean(origins, width))
    table["unrest"] = past.unrest(origins, 2 * max(season, 2)) / spread
    slope = (past.mean(origins, season) - past.mean(origins - season, season, origins)) / spread / season
    table["slope"] = slope
    table["on_slope"] = slope * steps
    table["on_drift"] = past.drift(origins) / spread * steps
    if long_season:
        long_back = long_season * -(-steps // long_season)
        table["long_season"] = told(past.at(origins + steps - long_back, origins))
        table["long_level"] = told(past.mean(origins - long_season, season, origins))
        table["since_long_level"] = table["long_season"] - table["long_level"]
    table |= _calendar(origins + steps, schema)
    if schema["is_panel"]:
        table["series"] = history.name if history.name in schema["series_names"] else "another"
    for name in schema["known"]:
        table[f"known {name}"] = _known_at(history.known[name], origins + steps)
    return pd.DataFrame({**table, "level": level, "spread": spread})


def targets_of(history: History, origins: Places, steps: Places, table: pd.DataFrame) -> Floats:
    """What the regressor learns to say for each row of the table; NaN where the value is not known."""
    places = origins + steps
    inside = places < len(history.values)
    values = np.where(inside, history.values[np.minimum(places, len(history.values) - 1)], np.nan)
    return np.asarray((values - table["level"].to_numpy()) / table["spread"].to_numpy())


def features_of(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that are learned from."""
    return table.drop(columns=["level", "spread"])


def forecast(pipeline: Any, schema: Schema, history: pd.DataFrame) -> pd.DataFrame:
    """The next values of every series in a table like the one that was learned from.

    Rows after the last known value hold what is known in advance, where the schema names such columns.

    Returns
    -------
    DataFrame
        Series (where there are several), time, step, forecast, and the ends of the intervals.
    """
    series = list(read_histories(history, schema))
    origin = max(len(one.values) for one in series) - 1
    steps = np.arange(1, schema["horizon"] + 1, dtype=np.int64) + schema["gap"]
    origins = np.full(len(steps), origin, dtype=np.int64)
    table = pd.concat([lag_table(one, origins, steps, schema) for one in series], ignore_index=True)
    level, spread = table["level"].to_numpy(), table["spread"].to_numpy()
    value = level + spread * np.asarray(pipeline.predict(features_of(table)))
    floor = -np.inf if schema["floor"] is None else schema["floor"]  # a series that was never below nought stays there
    times = times_at(origins + steps, schema["axis"])
    found: dict[str, Any] = (
        {"series": np.repeat([one.name for one in series], len(steps))} if schema["is_panel"] else {}
    )
    found["time"] = pd.concat([times] * len(series), ignore_index=True)
    found["step"] = np.tile(steps, len(series))
    found["forecast"] = np.maximum(value, floor)
    for interval in schema["intervals"]:
        reach = spread * np.tile(interval["half_widths"], len(series))
        name = f"{interval['level']:.0%}".rstrip("%")
        found[f"low_{name}"] = np.maximum(value - reach, floor)
        found[f"high_{name}"] = value + reach
    return pd.DataFrame(found)


def read_histories(frame: pd.DataFrame, schema: Schema) -> Iterator[History]:
    """The series of a table on the time axis, in the order in which they first appear."""
    time, target = str(schema["time"]), str(schema["target"])
    places = np.round(place_of(frame[time].reset_index(drop=True), schema["axis"]))
    values = pd.to_numeric(frame[target], errors="coerce").to_numpy(dtype=np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    names = series_names(frame, schema["series"])
    usable = np.isfinite(places) & (places >= 0)
    for name in dict.fromkeys(names[usable]):
        rows = np.flatnonzero(usable & (names == name))
        where = places[rows].astype(np.int64)
        has_value = np.isfinite(values[rows])
        if not has_value.any():
            continue
        line = np.full(int(where[has_value].max()) + 1, np.nan)
        line[where[has_value]] = values[rows][has_value]
        known = {
            column: pd.Series(frame[column].to_numpy()[rows], index=where).groupby(level=0).last()
            for column in schema["known"]
        }
        yield History(str(name), line, known)


def series_names(frame: pd.DataFrame, column: str | None) -> NDArray[np.object_]:
    """Which series each row belongs to, as text."""
    if column is None:
        return np.full(len(frame), "", dtype=object)
    return frame[column].astype("str").fillna("").str.strip().to_numpy(dtype=object)


class _Past:
    """Sums over the values of one series, from which any mean up to an origin is read."""

    def __init__(self, values: Floats, season: int) -> None:
        self.values, self.season = values, season
        known = np.isfinite(values)
        self._first = int(np.flatnonzero(known)[0])
        self._base = float(values[self._first])  # sums of what is far from nought would lose their last digits
        filled = np.where(known, values - self._base, 0.0)
        self._sums = np.concatenate([[0.0], np.cumsum(filled)])
        self._squares = np.concatenate([[0.0], np.cumsum(filled**2)])
        self._counts = np.concatenate([[0], np.cumsum(known)])
        places = np.where(known, np.arange(len(values)), -1)
        self._last = np.maximum.accumulate(places)
        self._changes = {lag: _mean_changes(values, lag) for lag in {season, 1}}

    def at(self, places: Places, origins: Places) -> Floats:
        """The values at places (n,), none of which may be after its origin; NaN before the beginning."""
        if (places > origins).any():
            raise ValueError("A feature may not be made of a value after the origin.")
        inside = (places >= 0) & (places < len(self.values))
        return np.where(inside, self.values[np.clip(places, 0, len(self.values) - 1)], np.nan)

    def last(self, origins: Places) -> Floats:
        """The last known value up to each origin."""
        places = self._last[np.clip(origins, 0, len(self.values) - 1)]
        return np.where((places >= 0) & (origins >= 0), self.values[np.maximum(places, 0)], np.nan)

    def mean(self, ends: Places, width: int, origins: Places | None = None) -> Floats:
        """The mean of the known values at the last `width` places up to each end."""
        if origins is not None and (ends > origins).any():
            raise ValueError("A feature may not be made of a value after the origin.")
        total, count = self._window(self._sums, ends, width), self._window(self._counts, ends, width)
        return np.where(count > 0, self._base + total / np.maximum(count, 1), np.nan)

    def unrest(self, ends: Places, width: int) -> Floats:
        """The standard deviation of the known values at the last `width` places."""
        count = np.maximum(self._window(self._counts, ends, width), 1)
        mean = self._window(self._sums, ends, width) / count
        variance = self._window(self._squares, ends, width) / count - mean**2
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def level(self, origins: Places) -> Floats:
        """The mean of the last season; the last known value where that is empty."""
        recent = self.mean(origins, max(self.season, 2))
        return np.where(np.isfinite(recent), recent, self.last(origins))

    def spread(self, origins: Places) -> Floats:
        """The mean change over a season up to each origin, or from value to value, or the size of the level, or 1."""
        level = np.abs(self.level(origins))
        found = np.zeros(len(origins))
        for candidate in (self._change(self.season, origins), self._change(1, origins), level, np.ones(len(origins))):
            usable = (found == 0) & np.isfinite(candidate) & (candidate > 1e-9 * np.nan_to_num(level))
            found = np.where(usable, candidate, found)
        return np.where(found == 0, 1.0, found)

    def drift(self, origins: Places) -> Floats:
        """The mean change from place to place between the first and the last known value up to each origin."""
        places = self._last[np.clip(origins, 0, len(self.values) - 1)]
        way = np.maximum(places - self._first, 0)
        change = self.values[np.maximum(places, 0)] - self.values[self._first]
        return np.where(way > 0, change / np.maximum(way, 1), 0.0)

    def _change(self, lag: int, origins: Places) -> Floats:
        return self._changes[lag][np.clip(origins, 0, len(self.values) - 1)]

    def _window(self, sums: NDArray[Any], ends: Places, width: int) -> NDArray[Any]:
        last = np.clip(ends + 1, 0, len(self.values))
        first = np.clip(ends + 1 - width, 0, len(self.values))
        return np.asarray(sums[last] - sums[first])


def _mean_changes(values: Floats, lag: int) -> Floats:
    """For each place the mean of |y(t) − y(t − lag)| over all t up to it; NaN before the first."""
    changes = np.full(len(values), np.nan)
    changes[lag:] = np.abs(values[lag:] - values[:-lag])
    known = np.isfinite(changes)
    counts = np.cumsum(known)
    return np.where(counts > 0, np.cumsum(np.where(known, changes, 0.0)) / np.maximum(counts, 1), np.nan)


def _windows(season: int) -> list[tuple[str, int]]:
    widths = {"mean_3": 3, "mean_2_seasons": 2 * season, "mean_4_seasons": 4 * season, "mean_12_seasons": 12 * season}
    return list(widths.items())


def _first_known(candidates: Sequence[Floats]) -> Floats:
    found = candidates[0]
    for candidate in candidates[1:]:
        found = np.where(np.isfinite(found), found, candidate)
    return found


def _none_known(candidates: Sequence[Floats]) -> NDArray[np.bool_]:
    return np.asarray(~np.isfinite(np.vstack(candidates)).any(axis=0))


def _mean_of(candidates: Sequence[Floats]) -> Floats:
    rows = np.vstack(candidates)
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, rows, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def _calendar(places: Places, schema: Schema) -> dict[str, Floats]:
    """Parts of the calendar at places (n,)."""
    names = schema["calendar"]
    if not names:
        return {}
    distinct, which = np.unique(places, return_inverse=True)
    moments = times_at(distinct, schema["axis"])
    parts = {
        "hour": moments.dt.hour + moments.dt.minute / 60,
        "weekday": moments.dt.day_of_week,
        "day": moments.dt.day,
        "month": moments.dt.month,
        "yearday": moments.dt.day_of_year,
    }
    return {name: parts[name].to_numpy(dtype=np.float64)[which] for name in names}


def _known_at(values: "pd.Series[Any]", places: Places) -> NDArray[Any]:
    return np.asarray(values.reindex(places).to_numpy())
