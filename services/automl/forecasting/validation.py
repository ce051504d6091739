"""Forecasts made from earlier moments, so that what happened next is known: rolling origins, then the last stretch.

The last `horizon` values of the table are sealed. Before them lie several origins. For each, everything that is learned
and every feature is made from a table that ends there: later values are not held back, they are not there.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.errors import UnusableDataError
from services.automl.forecasting import models
from services.automl.forecasting.accuracy import Judged, seasonal_scale
from services.automl.forecasting.lag_table import History, features_of, lag_table, targets_of
from services.automl.forecasting.models import Kind, Learnt
from services.automl.forecasting.panel import Panel
from services.automl.forecasting.time_axis import Schema
from services.automl.unlabelled import Clock

MIN_BEFORE = 4  # places before the first origin
MIN_WINDOWS, MAX_WINDOWS = 3, 20
_ENOUGH_WINDOWS = 6
MAX_REFITS = 4
MAX_JUDGED_SERIES = 300
_FEW_SERIES = 20
_MIN_JUDGED = 30  # places, where there are few series
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """Which origins are judged.

    Attributes
    ----------
    windows
        Origins, the earliest first.
    cuts
        For each of them the place up to which its model learns: at or before the origin.
    sealed
        The origin of the last stretch.
    """

    windows: tuple[int, ...]
    cuts: tuple[int, ...]
    sealed: int


@dataclass(frozen=True)
class Stretch:
    """The values after one or several origins as rows of the lag table, with what happened."""

    table: pd.DataFrame
    series: NDArray[np.int64]
    origins: Places
    steps: Places
    actual: Floats
    scale: Floats

    def judged(self, predictions: Floats, floor: float | None, cluster: NDArray[np.int64]) -> Judged:
        """The forecasts that the predictions stand for, beside what happened."""
        forecast = self.values_of(predictions)
        if floor is not None:
            forecast = np.maximum(forecast, floor)
        return Judged(self.series, cluster, self.actual, forecast, self.scale)

    def values_of(self, predictions: Floats) -> Floats:
        """Predictions in the units of the value."""
        return np.asarray(self.table["level"].to_numpy() + self.table["spread"].to_numpy() * predictions)


def plan_origins(panel: Panel) -> Plan:
    """The origins between the first and the last place with a value.

    Raises
    ------
    UnusableDataError
        The history is too short to test a forecast of so many steps.
    """
    question, first, end = panel.question, panel.first, panel.end
    horizon, gap, season = question.horizon, question.gap, panel.timeline.season
    reach = horizon + gap
    sealed = end - reach
    last = sealed - reach
    if last < first + MIN_BEFORE - 1:
        needed = 2 * reach + MIN_BEFORE
        raise UnusableDataError(
            f"“{question.target}” has {_values(panel.n_values)} over {end - first + 1:,} {panel.timeline.steps}; to "
            f"forecast {horizon:,} and to test the forecast, at least {needed:,} are needed. Ask for fewer steps, or "
            "bring a longer history."
        )
    wanted = MIN_WINDOWS
    if len(panel.histories) < _FEW_SERIES:
        wanted = int(np.clip(-(-max(3 * season, _MIN_JUDGED) // horizon), _ENOUGH_WINDOWS, MAX_WINDOWS))
    windows: list[int] = []
    for before in (max(3 * season, 2 * horizon, 20), max(season + 1, horizon, 8), MIN_BEFORE):
        n = min(wanted, (last - (first + before - 1)) // horizon + 1)
        if n > len(windows):
            windows = [last - horizon * number for number in range(n)][::-1]
        if len(windows) >= MIN_WINDOWS:
            break
    blocks = np.array_split(np.array(windows), min(MAX_REFITS, len(windows)))
    cuts = [int(block[0]) for block in blocks for _ in block]
    return Plan(tuple(windows), tuple(cuts), sealed)


def learn_rows(histories: Sequence[History], cut: int, schema: Schema, *, most: int, seed: int) -> Learnt:
    """Rows of the lag table whose values are all at or before the cut, at most so many."""
    horizon, gap, season = schema["horizon"], schema["gap"], int(schema["season"])
    known = [cut_off(history, cut) for history in histories]
    starts = [_start(history, season) for history in known]
    counts = [max(0, cut - gap - start) * horizon for start in starts]
    rate = min(1.0, most / max(sum(counts), 1))
    random = np.random.default_rng(seed)
    tables, targets = [], []
    for history, start, n in zip(known, starts, counts, strict=True):
        pairs = random.permutation(n)[: random.binomial(n, rate)] if rate < 1 else np.arange(n)
        pairs = np.sort(pairs)
        origins = (start + pairs // horizon).astype(np.int64)
        steps = (gap + 1 + pairs % horizon).astype(np.int64)
        inside = origins + steps <= cut
        if not inside.any():
            continue
        table = lag_table(history, origins[inside], steps[inside], schema)
        target = targets_of(history, origins[inside], steps[inside], table)
        usable = np.isfinite(target)
        tables.append(table[usable])
        targets.append(target[usable])
    if not tables:
        return Learnt(pd.DataFrame(), np.array([]))
    return Learnt(features_of(pd.concat(tables, ignore_index=True)), np.concatenate(targets))


def stretch_after(histories: Sequence[History], origins: Sequence[int], schema: Schema) -> Stretch:
    """The rows after each origin, of every series that has a value before it and one after it."""
    steps = np.arange(1, schema["horizon"] + 1, dtype=np.int64) + schema["gap"]
    parts: list[tuple[pd.DataFrame, int, int, Floats, float]] = []
    for number, history in enumerate(histories):
        for origin in origins:
            actual = _values_at(history.values, origin + steps)
            if origin >= len(history.values) or not np.isfinite(history.values[: origin + 1]).any():
                continue
            if not np.isfinite(actual).any():
                continue
            known = cut_off(history, origin)
            table = lag_table(known, np.full(len(steps), origin, dtype=np.int64), steps, schema)
            parts.append((table, number, origin, actual, seasonal_scale(known.values, int(schema["season"]))))
    if not parts:
        raise UnusableDataError("No series has values both before and in the last stretch. Bring a longer history.")
    actual = np.concatenate([part[3] for part in parts])
    keep = np.isfinite(actual)

    def repeated(values: Sequence[float]) -> NDArray[np.float64]:
        return np.repeat(np.asarray(values, dtype=np.float64), len(steps))[keep]

    return Stretch(
        table=pd.concat([part[0] for part in parts], ignore_index=True)[keep].reset_index(drop=True),
        series=repeated([part[1] for part in parts]).astype(np.int64),
        origins=repeated([part[2] for part in parts]).astype(np.int64),
        steps=np.tile(steps, len(parts))[keep],
        actual=actual[keep],
        scale=repeated([part[4] for part in parts]),
    )


def predict_rolling(
    kind: Kind, stretch: Stretch, plan: Plan, learnt: dict[int, Learnt], *, seed: int, seconds_left: Clock
) -> Floats | None:
    """What models fitted to the rows before each cut say of the windows after it; None where time does not suffice."""
    found = np.full(len(stretch.actual), np.nan)
    cut_of = dict(zip(plan.windows, plan.cuts, strict=True))
    cuts = np.array([cut_of[int(origin)] for origin in stretch.origins])
    needed = 0.0
    for cut in sorted(set(plan.cuts)):
        if seconds_left() <= needed:
            return None
        rows, began = cuts == cut, time.monotonic()
        if rows.any():
            pipeline = models.fit(kind, learnt[cut], seed=seed)
            found[rows] = models.predict(pipeline, features_of(stretch.table[rows]))
        needed = time.monotonic() - began
    return found


def cut_off(history: History, last: int) -> History:
    """The history as it was at a place: nothing after it is there, but what is known in advance."""
    return History(history.name, history.values[: last + 1], history.known)


def _start(history: History, season: int) -> int:
    """The first origin with something to say: a season of values, or two."""
    known = np.flatnonzero(np.isfinite(history.values))
    return int(known[0]) + max(1, season - 1) if len(known) else len(history.values)


def _values_at(values: Floats, places: Places) -> Floats:
    inside = places < len(values)
    return np.where(inside, values[np.minimum(places, len(values) - 1)], np.nan)


def _values(n: int) -> str:
    return "1 known value" if n == 1 else f"{n:,} known values"
