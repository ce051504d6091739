"""From a table to series; what cannot be read is refused with a sentence."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.forecasting.panel import Question, read_panel
from tests.makers_series import make_days, make_shops

DAYS = make_days(100)


def ask(**changes: Any) -> Question:
    return Question(**{"target": "sold", "time": "day", "horizon": 7, **changes})


def test_a_table_becomes_series_with_their_gaps_counted() -> None:
    panel = read_panel(DAYS.drop(index=[20, 21, 50]), ask())
    assert (panel.timeline.step, panel.timeline.season) == ("day", 7)
    assert (len(panel.histories), panel.n_values, panel.n_gaps, panel.end) == (1, 97, 3, 99)


def test_series_that_ended_long_ago_are_left_out_by_name() -> None:
    shops = make_shops(120, 4)
    closed = shops[(shops["shop"] != "S01") | (shops["day"] < "2023-02-15")]
    panel = read_panel(closed, ask(series="shop"))
    assert panel.ended == ("S01",)
    assert {history.name for history in panel.histories} == {"S00", "S02", "S03"}


def test_a_season_that_was_not_seen_twice_is_none() -> None:
    weeks = pd.DataFrame({"day": pd.date_range("2023-01-02", periods=60, freq="W"), "sold": np.arange(60.0)})
    assert read_panel(weeks, ask()).timeline.season == 1
    assert read_panel(weeks, ask(season=13)).timeline.season == 13


def test_equal_rows_count_once_and_rows_without_a_time_not_at_all() -> None:
    doubled = pd.concat([DAYS, DAYS.head(3), pd.DataFrame({"day": [pd.NaT], "sold": [1.0]})], ignore_index=True)
    panel = read_panel(doubled, ask())
    assert panel.n_values == 100
    assert panel.notes == ("1 rows without a time are left out.", "3 rows that repeat another are left out.")


@pytest.mark.parametrize(
    ("frame", "changes", "says"),
    [
        (DAYS, {"target": "absent"}, "no column “absent”"),
        (DAYS, {"time": "sold", "target": "sold"}, "must be different columns"),
        (DAYS, {"horizon": 0}, "Between 1 and 1,000 steps"),
        (DAYS, {"gap": -1}, "gap is 0 or more"),
        (DAYS.assign(sold="many"), {}, "not a number in 100 rows"),
        (DAYS.assign(sold=np.nan), {}, "no number in any row"),
        (DAYS.assign(day="then"), {}, "cannot be read as a time in 100 rows"),
        (pd.concat([DAYS, DAYS.assign(sold=0.0)]), {}, "100 moments of “day” have more than one value"),
        (make_shops(50, 2), {}, "Name the column that tells the series apart"),
        (DAYS.assign(price=np.nan), {"known": ("price",)}, "is empty, so nothing of it is known in advance"),
        (DAYS.head(1), {}, "one time only"),
        (DAYS.iloc[:0], {}, "has no number in any row|one time only|cannot be read"),
        (
            pd.concat([DAYS, pd.DataFrame({"day": [pd.Timestamp("2199-12-31")], "sold": [1.0]})]),
            {},
            "spans 64,646 days, but there are 101 rows",
        ),
        (
            DAYS.assign(shop=[f"S{number}" for number in range(100)]),
            {"series": "shop"},
            "one time only",
        ),
    ],
    ids=[
        "absent",
        "twice the same column",
        "no horizon",
        "negative gap",
        "words",
        "empty target",
        "no times",
        "two values of a moment",
        "series not named",
        "empty known column",
        "one row",
        "no rows",
        "mistyped year",
        "series of one row",
    ],
)
def test_what_cannot_be_forecast_is_refused_with_a_sentence(
    frame: pd.DataFrame, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(UnusableDataError, match=says):
        read_panel(frame, ask(**changes))


def test_what_is_said_to_be_known_in_advance_must_be_there_for_the_steps_to_forecast() -> None:
    """A copy of the outcome passes for known in advance only as long as nobody looks at the future."""
    with pytest.raises(UnusableDataError, match="7 of the 7 steps to forecast do not have it"):
        read_panel(DAYS.assign(copy=DAYS["sold"]), ask(known=("copy",)))
    future = pd.DataFrame({"day": pd.date_range("2023-04-12", periods=7), "price": 3.0})
    panel = read_panel(pd.concat([DAYS.assign(price=2.0), future]), ask(known=("price",)))
    assert panel.end == 99
    assert panel.histories[0].known["price"].loc[106] == 3.0


def test_a_few_words_among_the_numbers_count_as_gaps() -> None:
    few = DAYS.astype({"sold": "object"})
    few.loc[3, "sold"] = "closed"
    panel = read_panel(few, ask())
    assert panel.n_gaps == 1
    assert panel.notes == ("1 values of “sold” are no numbers and count as gaps.",)
