"""Dates in one spelling per column. Where day and month could be swapped, nothing is guessed."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

_SAMPLE = 50
_FORMATS = {
    "%Y-%m-%d": "",
    "%Y-%m-%d %H:%M": "",
    "%Y-%m-%d %H:%M:%S": "",
    "%Y-%m-%d %H:%M:%S.%f": "",
    "%Y-%m-%dT%H:%M:%S": "",
    "%Y-%m-%dT%H:%M:%S.%f": "",
    "%Y/%m/%d": "",
    "%d.%m.%Y": "day.month.year",
    "%d.%m.%Y %H:%M": "day.month.year",
    "%d/%m/%Y": "day/month/year",
    "%d/%m/%Y %H:%M": "day/month/year",
    "%m/%d/%Y": "month/day/year",
    "%m/%d/%Y %H:%M": "month/day/year",
}


@dataclass(frozen=True, slots=True)
class Dates:
    """Moments without a time zone, and how they were read where that was a choice."""

    values: "pd.Series[Any]"
    notes: tuple[str, ...]


def as_dates(text: "pd.Series[Any]") -> Dates | list[str]:
    """The column as dates, if one spelling fits every present value; else why it only looks like dates (often [])."""
    present = text.dropna()
    sample = present.head(_SAMPLE)
    fitting = [spelling for spelling in _FORMATS if _fits(sample, spelling) and _fits(present, spelling)]
    if not fitting:
        return []
    if len(fitting) > 1:
        return ["Its dates could be day/month or month/day, so it is kept as text. Write them as year-month-day."]
    words = _FORMATS[fitting[0]]
    notes = (f"Its dates are read as {words}.",) if words else ()
    return Dates(pd.to_datetime(text, format=fitting[0], errors="coerce"), notes)


def _fits(text: "pd.Series[Any]", spelling: str) -> bool:
    return bool(pd.to_datetime(text, format=spelling, errors="coerce").notna().all())
