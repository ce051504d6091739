"""The step at which values come: from hours to years, business days, or plain numbers, with gaps allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.errors import UnusableDataError
from services.automl.forecasting.time_axis import as_moments

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_MIN_ON_STEP = 0.95  # of the distances must be whole multiples of the step
_MIN_AT_ONE_STEP = 0.25  # of the distances must be one step: of moments by chance hardly any is the most frequent
_TOLERANCE = 0.02
_MAX_SEASON = 168
_MIN_MONTH = 28
_WEEKDAYS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Timeline:
    """A regular time axis.

    Attributes
    ----------
    axis
        As `lag_table` takes it.
    step
        One step in words: "day".
    season, long_season
        After how many steps a pattern may repeat; 1 and 0 where none is expected.
    calendar
        Parts of the calendar that differ from step to step.
    """

    axis: dict[str, Any]
    step: str
    season: int
    long_season: int
    calendar: tuple[str, ...]

    @property
    def steps(self) -> str:
        """More than one step in words."""
        return f"{self.step}s"


def infer_timeline(name: str, times: "pd.Series[Any]", series: NDArray[np.object_]) -> Timeline:
    """The step that the times of all series keep.

    Raises
    ------
    UnusableDataError
        They are no times, or keep no step.
    """
    if is_numeric(times):
        return _of_numbers(name, times.to_numpy(dtype=np.float64), series)
    moments = as_moments(times)
    if float(moments.isna().mean()) > 1 - _MIN_ON_STEP:
        raise UnusableDataError(
            f"“{name}” cannot be read as dates. Write them as 2024-03-01 or 2024-03-01 13:00, or choose another column "
            "as the time."
        )
    known = moments.notna().to_numpy()
    return _of_moments(name, moments[known].reset_index(drop=True), series[known])


def is_numeric(times: "pd.Series[Any]") -> bool:
    """Whether the times are plain numbers: 1, 2, 3."""
    return bool(pd.api.types.is_numeric_dtype(times.dtype)) and not bool(pd.api.types.is_bool_dtype(times.dtype))


def _of_numbers(name: str, numbers: Floats, series: NDArray[np.object_]) -> Timeline:
    distances = np.concatenate(list(_distances(numbers, series)) or [np.array([])])
    step = _most_frequent(name, distances)
    _require_step(name, distances / step, f"{step:g}")
    anchor = float(np.nanmin(numbers))
    return Timeline({"unit": "numbers", "step": step, "anchor": anchor}, "step", 1, 0, ())


def _of_moments(name: str, moments: "pd.Series[Any]", series: NDArray[np.object_]) -> Timeline:
    anchor = moments.min()
    seconds = (moments - anchor).dt.total_seconds().to_numpy(dtype=np.float64)
    distances = np.concatenate(list(_distances(seconds, series)) or [np.array([])])
    step = _most_frequent(name, distances)
    if step >= _MIN_MONTH * _DAY and _are_months(moments):
        return _of_months(name, moments, series)
    if step == _DAY and _are_business_days(moments, distances):
        axis = {"unit": "business days", "step": 1, "anchor": str(anchor.normalize())}
        return Timeline(axis, "business day", _WEEKDAYS, 0, ("weekday", "day", "month"))
    _require_step(name, distances / step, seconds_in_words(step))
    season, long_season, calendar = _pattern(step)
    axis = {"unit": "seconds", "step": step, "anchor": str(anchor)}
    return Timeline(axis, seconds_in_words(step), season, long_season, calendar)


def _of_months(name: str, moments: "pd.Series[Any]", series: NDArray[np.object_]) -> Timeline:
    anchor = moments.min()
    months = (moments.dt.year * 12 + moments.dt.month).to_numpy(dtype=np.float64)
    distances = np.concatenate(list(_distances(months, series)))
    step = _most_frequent(name, distances)
    _require_step(name, distances / step, f"{step:.0f} months")
    is_end = bool(moments.dt.is_month_end.all()) and not bool((moments.dt.day == moments.dt.day.iloc[0]).all())
    axis = {"unit": "months", "step": step, "anchor": str(anchor), "is_month_end": is_end}
    words = {1.0: "month", 3.0: "quarter", 12.0: "year"}.get(step, f"{step:.0f} months")
    season = int(12 / step) if 12 % step == 0 else 1
    return Timeline(axis, words, season, 0, ("month",) if season > 1 else ())


def _pattern(step: float) -> tuple[int, int, tuple[str, ...]]:
    """Season, long season and parts of the calendar for a step of so many seconds."""
    if step == 7 * _DAY:
        return 52, 0, ("month", "yearday")
    if step == _DAY:
        return 7, 365, ("weekday", "day", "month", "yearday")
    if step >= _DAY or _DAY % step:
        return 1, 0, ()
    per_day = int(_DAY / step)
    if per_day <= _MAX_SEASON:
        return per_day, 7 * per_day, ("hour", "weekday", "month")
    return (int(_HOUR / step) if step < _HOUR and not _HOUR % step else 1), per_day, ("hour", "weekday")


def seconds_in_words(step: float) -> str:
    """A step of so many seconds: day, 15 minutes."""
    for size, word in ((7 * _DAY, "week"), (_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"), (1, "second")):
        if step >= size and step % size == 0:
            return word if step == size else f"{step / size:.0f} {word}s"
    return f"{step:g} seconds"


def _distances(values: Floats, series: NDArray[np.object_]) -> Iterator[Floats]:
    """From each time of a series to the next, where they differ."""
    for one in pd.unique(pd.Series(series)):
        ordered = np.unique(values[series == one])
        ordered = ordered[np.isfinite(ordered)]
        if len(ordered) > 1:
            yield np.diff(ordered)


def _most_frequent(name: str, distances: Floats) -> float:
    if not len(distances):
        raise UnusableDataError(
            f"“{name}” has one time only, so nothing can be said about the next. Bring a history of several."
        )
    values, counts = np.unique(np.round(distances, 6), return_counts=True)
    return float(values[np.argmax(counts)])


def _require_step(name: str, multiples: Floats, words: str) -> None:
    is_whole = np.abs(multiples - np.round(multiples)) <= _TOLERANCE
    is_on_step = is_whole & (np.round(multiples) >= 1)
    share = float((np.abs(multiples - 1) <= _TOLERANCE).mean())
    if float(is_on_step.mean()) < _MIN_ON_STEP or share < _MIN_AT_ONE_STEP:
        raise UnusableDataError(
            f"“{name}” keeps no regular step: the most frequent distance, {words}, holds for {share:.0%} of the rows. "
            "Add the values up by day, week or month first."
        )


def _are_months(moments: "pd.Series[Any]") -> bool:
    """The same day of each month, or the last."""
    same_day = int(moments.dt.day.nunique()) == 1 and int(moments.dt.day.iloc[0]) <= _MIN_MONTH
    return same_day or bool(moments.dt.is_month_end.all())


def _are_business_days(moments: "pd.Series[Any]", distances: Floats) -> bool:
    has_weekend = bool((moments.dt.day_of_week >= _WEEKDAYS).any())
    is_whole = bool((moments == moments.dt.normalize()).all())
    return is_whole and not has_weekend and bool((distances >= 3 * _DAY).any())
