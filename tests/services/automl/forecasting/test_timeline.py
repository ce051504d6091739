"""The step of time is found, or the sentence says why there is none."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.forecasting.time_axis import place_of, times_at
from services.automl.forecasting.timeline import infer_timeline, seconds_in_words

ONE = np.full(60, "", dtype=object)


@pytest.mark.parametrize(
    ("frequency", "step", "season"),
    [
        ("h", "hour", 24),
        ("30min", "30 minutes", 48),
        ("min", "minute", 60),
        ("D", "day", 7),
        ("B", "business day", 5),
        ("W", "week", 52),
        ("MS", "month", 12),
        ("ME", "month", 12),
        ("QS", "quarter", 4),
        ("YS", "year", 1),
        ("2D", "2 days", 1),
    ],
)
def test_a_step_is_found_and_every_time_has_its_place(frequency: str, step: str, season: int) -> None:
    times = pd.Series(pd.date_range("2023-01-02 00:00", periods=60, freq=frequency))
    found = infer_timeline("t", times, ONE)
    assert (found.step, found.season) == (step, season)
    places = place_of(times, found.axis)
    assert (places == np.arange(60)).all()
    assert (times_at(np.arange(60), found.axis).to_numpy() == times.astype("datetime64[ns]").to_numpy()).all()


@pytest.mark.parametrize("frequency", ["h", "D", "B", "MS", "ME"])
def test_gaps_leave_places_empty(frequency: str) -> None:
    times = pd.Series(pd.date_range("2023-01-02", periods=60, freq=frequency))
    kept = np.delete(np.arange(60), [3, 4, 20, 41])
    found = infer_timeline("t", times.iloc[kept].reset_index(drop=True), ONE[kept])
    assert (place_of(times.iloc[kept], found.axis) == kept).all()


def test_numbers_keep_a_step_too() -> None:
    found = infer_timeline("t", pd.Series(np.arange(10, 130, 2)), ONE)
    assert (found.axis["step"], found.season) == (2.0, 1)
    assert list(times_at(np.array([0, 3]), found.axis)) == [10.0, 16.0]


def test_dates_as_text_and_with_a_zone_are_read() -> None:
    text = pd.Series(pd.date_range("2023-01-02", periods=60).astype(str))
    assert infer_timeline("t", text, ONE).step == "day"
    zoned = pd.Series(pd.date_range("2023-01-02", periods=60, freq="h", tz="Europe/Berlin"))
    assert infer_timeline("t", zoned, ONE).step == "hour"


def test_each_series_keeps_the_step_although_their_times_are_mixed() -> None:
    days = pd.date_range("2023-01-02", periods=30)
    times = pd.Series(np.concatenate([days, days + pd.Timedelta(days=10)]))
    assert infer_timeline("t", times, np.repeat(np.array(["a", "b"], dtype=object), 30)).step == "day"


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (pd.Series(["soon"] * 60), "cannot be read as dates"),
        (
            pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(60) ** 2 * 7919, unit="s")),
            "no regular step",
        ),
        (pd.Series([pd.Timestamp("2023-01-01")] * 60), "one time only"),
        (pd.Series([5] * 60), "one time only"),
    ],
    ids=["words", "irregular", "one moment", "one number"],
)
def test_what_keeps_no_step_is_refused_with_a_sentence(times: "pd.Series[Any]", says: str) -> None:
    with pytest.raises(UnusableDataError, match=says):
        infer_timeline("t", times, ONE)


@pytest.mark.parametrize(
    ("seconds", "words"), [(86_400, "day"), (900, "15 minutes"), (1, "second"), (0.5, "0.5 seconds")]
)
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert seconds_in_words(seconds) == words
