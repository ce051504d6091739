"""The main date column of a table, and its rows by day, week, month, quarter or year."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.datasets.checks.subject import NotApplicableError, Subject

UNITS = {"day": "D", "week": "W", "month": "M", "quarter": "M", "year": "Y"}
DAYS = {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.25}
_BIRTH = re.compile(r"dob|birth|geburt", re.IGNORECASE)
_EVENT = re.compile(r"date|time|day|created|order|open|start|sign|_at$|_on$|datum", re.IGNORECASE)

Moments = np.ndarray[Any, np.dtype[np.datetime64]]
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Periods:
    """Stretches of time of one unit without holes: `first` is the number of the first one since 1970.

    `places` is the stretch of each row from 0, −1 where the date is missing or so far off that it is left out.
    """

    unit: str
    first: int
    n_periods: int
    places: Places

    def starts(self) -> list[str]:
        """The first day of each stretch, as ISO dates."""
        numbers = np.arange(self.first, self.first + self.n_periods)
        if self.unit == "quarter":
            numbers = numbers * 3
        return [str(day) for day in numbers.astype(f"datetime64[{UNITS[self.unit]}]").astype("datetime64[D]")]


def main_date(subject: Subject) -> str:
    """The date column that says when a row happened: the one with fewest gaps; of several, named like an event.

    Raises
    ------
    NotApplicableError
        No column holds dates, but perhaps dates of birth.
    """
    names = [name for name in subject.of_type("M") if subject.profiles[name].n_distinct > 1 and not is_birth(name)]
    if not names:
        raise NotApplicableError("No column holds dates.")
    return min(names, key=lambda name: (subject.profiles[name].n_missing, not _EVENT.search(name)))


def is_birth(name: str) -> bool:
    """Whether the column is named like a date of birth."""
    return bool(_BIRTH.search(name))


def split_periods(moments: Moments, most: int) -> Periods:
    """The moments by the finest unit that makes at most `most` stretches.

    Dates outside of the middle 99.8%, if they more than triple the time that is spanned, are left out: one slip of the
    hand shall not stretch the axis to the year 9999.
    """
    is_known = ~np.isnat(moments)
    days = moments.astype("datetime64[D]").astype(np.int64)
    low, high = _edges(days[is_known])
    is_inside = is_known & (days >= low) & (days <= high)
    unit = next((unit for unit in DAYS if (high - low) / DAYS[unit] + 1 <= most), "year")
    numbers = moments.astype(f"datetime64[{UNITS[unit]}]").astype(np.int64)
    if unit == "quarter":
        numbers = numbers // 3
    first, last = int(numbers[is_inside].min()), int(numbers[is_inside].max())
    places = np.where(is_inside, numbers - first, -1)
    if last - first + 1 > most:  # centuries: the last ones count
        places, first = np.where(places >= 0, places - (last - first + 1 - most), -1), last - most + 1
    return Periods(unit, first, last - first + 1, np.maximum(places, -1))


def _edges(days: Places) -> tuple[int, int]:
    low, high = int(days.min()), int(days.max())
    inner_low, inner_high = (int(edge) for edge in np.quantile(days, [0.001, 0.999], method="nearest"))
    if high - low > 3 * max(1, inner_high - inner_low):
        return inner_low, inner_high
    return low, high
