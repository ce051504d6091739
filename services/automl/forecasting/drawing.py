"""The lines a page draws: the last values of a few series, the sealed stretch as it was forecast, what comes next."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.forecasting.lag_table import History
from services.automl.forecasting.panel import Panel
from services.automl.forecasting.report import Band, Line
from services.automl.forecasting.time_axis import times_at
from services.automl.forecasting.validation import Stretch

MAX_LINES = 12
MIN_PAST, MAX_PAST = 60, 240
Floats = NDArray[np.float64]


def lines_of(
    panel: Panel,
    sealed_origin: int,
    sealed: Stretch,
    tested: Floats,
    judged: Sequence[History],
    schema: dict[str, Any],
    table: pd.DataFrame,
) -> tuple[Line, ...]:
    """A line for each of the series with the largest sums, the largest first."""
    ranked = sorted(judged, key=lambda history: -abs(float(np.nansum(history.values))))[:MAX_LINES]
    values = np.maximum(sealed.values_of(tested), -np.inf if schema["floor"] is None else schema["floor"])
    numbers = {history.name: number for number, history in enumerate(judged)}
    n_past = int(np.clip(6 * panel.question.horizon, MIN_PAST, MAX_PAST))
    lines = []
    for history in ranked:
        rows = sealed.series == numbers[history.name]
        mine = table[table["series"] == history.name] if schema["is_panel"] else table
        first = max(int(np.flatnonzero(np.isfinite(history.values))[0]), len(history.values) - n_past)
        places = np.arange(first, len(history.values), dtype=np.int64)
        tested_places = (sealed_origin + sealed.steps[rows]).astype(np.int64)
        lines.append(
            Line(
                name=history.name or panel.question.target,
                past_times=_told(times_at(places, schema["axis"])),
                past_values=tuple(float(v) if np.isfinite(v) else None for v in history.values[places]),
                tested_times=_told(times_at(tested_places, schema["axis"])),
                tested_values=tuple(float(value) for value in values[rows]),
                next_times=_told(mine["time"]),
                next_values=tuple(float(value) for value in mine["forecast"]),
                bands=tuple(_band(mine, interval["level"]) for interval in schema["intervals"]),
            )
        )
    return tuple(lines)


def _band(rows: pd.DataFrame, level: float) -> Band:
    name = f"{level:.0%}".rstrip("%")
    low, high = (tuple(float(value) for value in rows[f"{end}_{name}"]) for end in ("low", "high"))
    return Band(level, low, high)


def _told(times: "pd.Series[Any]") -> tuple[str | float, ...]:
    if pd.api.types.is_datetime64_any_dtype(times.dtype):
        return tuple(moment.isoformat() for moment in times)
    return tuple(float(number) for number in times)
