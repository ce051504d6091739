"""Rows as people read them."""

from datetime import date

import pandas as pd

from portal.ui.rows import shown_rows


def test_days_are_shown_without_a_time_of_day_and_moments_with_it() -> None:
    days = pd.to_datetime(pd.Series(["2024-02-03", None]))
    moments = pd.to_datetime(pd.Series(["2024-02-03 10:00", None]))
    shown = shown_rows(pd.DataFrame({"day": days, "moment": moments}))
    assert shown["day"].iloc[0] == date(2024, 2, 3)
    assert shown["day"].isna().iloc[1]
    assert shown["moment"].iloc[0] == pd.Timestamp("2024-02-03 10:00")
