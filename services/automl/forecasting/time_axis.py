"""Places on a regular time axis, and the times they stand for. Needs numpy and pandas and nothing else."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Schema = Mapping[str, Any]


def place_of(times: "pd.Series[Any]", axis: Schema) -> Floats:
    """The place of each time on the axis (n,), a whole number where it lies on it; NaN for what is no time."""
    unit, step = axis["unit"], axis["step"]
    if unit == "numbers":
        numbers = pd.to_numeric(times, errors="coerce").to_numpy(dtype=np.float64)
        return np.asarray((numbers - axis["anchor"]) / step)
    moments, anchor = as_moments(times), pd.Timestamp(axis["anchor"])
    if unit == "months":
        months = (moments.dt.year - anchor.year) * 12 + moments.dt.month - anchor.month
        return np.asarray(months.to_numpy(dtype=np.float64) / step)
    if unit == "business days":
        days = moments.fillna(anchor).to_numpy().astype("datetime64[D]")
        counted = np.busday_count(np.datetime64(anchor, "D"), days).astype(np.float64)
        return np.where(moments.isna() | ~np.is_busday(days), np.nan, counted)
    seconds = (moments - anchor).dt.total_seconds().to_numpy(dtype=np.float64)
    return np.asarray(seconds / step)


def times_at(places: Places, axis: Schema) -> "pd.Series[Any]":
    """The time at each place: numbers, or moments."""
    unit, step = axis["unit"], axis["step"]
    if unit == "numbers":
        return pd.Series(axis["anchor"] + places * step)
    anchor = pd.Timestamp(axis["anchor"])
    if unit == "months":
        moments = [anchor + pd.DateOffset(months=int(place * step)) for place in places]
        if axis.get("is_month_end"):
            moments = [moment + pd.offsets.MonthEnd(0) for moment in moments]
        return pd.Series(moments, dtype="datetime64[ns]")
    if unit == "business days":
        days = np.busday_offset(np.datetime64(anchor, "D"), places, roll="forward")
        return pd.Series(days.astype("datetime64[ns]"))
    return pd.Series(anchor + pd.to_timedelta(places * step, unit="s")).astype("datetime64[ns]")


def as_moments(times: "pd.Series[Any]") -> "pd.Series[Any]":
    """ISO dates and times as moments without a zone (those with one in UTC); NaT for what is none."""
    if not pd.api.types.is_datetime64_any_dtype(times.dtype):
        times = pd.to_datetime(times.astype("str"), errors="coerce", format="ISO8601", utc=True)
    if getattr(times.dtype, "tz", None) is not None:
        times = times.dt.tz_convert(None)
    return times.astype("datetime64[ns]")
