"""The main date column of a table, and its rows by day, week, month, quarter or year."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.datasets.checks.subject import NotApplicableError, Subject

MIN_DAYS = 20  # dates from which on one may be told to be far from the others
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
        if self.unit in ("day", "week"):
            days = numbers if self.unit == "day" else 7 * numbers - 3
            return [str(day) for day in days.astype("datetime64[D]")]
        months = numbers * {"month": 1, "quarter": 3, "year": 12}[self.unit]
        return [str(day) for day in months.astype("datetime64[M]").astype("datetime64[D]")]


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

    The outermost 0.1% of the dates (at least one) on a side are left out where they lie further from the others than
    those span twice: one slip of the hand shall not stretch the axis to the year 9999.
    """
    is_known = ~np.isnat(moments)
    days = moments.astype("datetime64[D]").astype(np.int64)
    low, high = _edges(days[is_known])
    is_inside = is_known & (days >= low) & (days <= high)
    unit = next((unit for unit in DAYS if (high - low) / DAYS[unit] + 1 <= most), "year")
    numbers = _number(moments, days, unit)
    first, last = int(numbers[is_inside].min()), int(numbers[is_inside].max())
    places = np.where(is_inside, numbers - first, -1)
    if last - first + 1 > most:  # centuries: the last ones count
        places, first = np.where(places >= 0, places - (last - first + 1 - most), -1), last - most + 1
    return Periods(unit, first, last - first + 1, np.maximum(places, -1))


def _number(moments: Moments, days: Places, unit: str) -> Places:
    """The number since 1970 of the stretch each moment lies in; weeks begin on Mondays (1970-01-01 was a Thursday)."""
    if unit in ("day", "week"):
        return days if unit == "day" else (days + 3) // 7
    months: Places = moments.astype("datetime64[M]").astype(np.int64)
    return months // {"month": 1, "quarter": 3, "year": 12}[unit]


def _edges(days: Places) -> tuple[int, int]:
    low, high = int(days.min()), int(days.max())
    if len(days) < MIN_DAYS:
        return low, high
    n_apart = max(1, len(days) // 1000)
    ordered = np.partition(days, [n_apart, -1 - n_apart])
    inner_low, inner_high = int(ordered[n_apart]), int(ordered[-1 - n_apart])
    far = 2 * max(1, inner_high - inner_low)
    return inner_low if inner_low - low > far else low, inner_high if high - inner_high > far else high
