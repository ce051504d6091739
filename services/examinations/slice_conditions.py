"""What rows may have in common: bands of numbers, categories, periods of dates, and what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.automl.values_in_words import number_in_words

Flags = NDArray[np.bool_]
MOST_CATEGORIES = 20
MOST_CONDITIONS = 300
_FEW_VALUES = 6
_QUANTILES = (0.25, 0.5, 0.75)
_DAYS_OF_PERIODS = (("Y", 1_095.0), ("Q", 270.0), ("M", 60.0))  # the longest period of which there are about three
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, eq=False)
class SliceCondition:
    """One thing that rows may have in common.

    Attributes
    ----------
    rows
        Which of them have it (n,).
    """

    column: str
    words: str
    rows: Flags


def slice_conditions(
    columns: Sequence[Column], x: pd.DataFrame, exploring: NDArray[np.intp], least: int
) -> list[SliceCondition]:
    """Every condition that enough exploring rows meet, and not all of them.

    Parameters
    ----------
    x
        All rows, typed as a pipeline takes them (n, columns).
    exploring
        Positions of the rows that decide where bands begin and which categories are named.
    least
        Exploring rows that must meet a condition, and that must not.
    """
    found: list[SliceCondition] = []
    for column in columns:
        for words, rows in _of_column(column, x[column.name], exploring, least):
            n = int(rows[exploring].sum())
            if least <= n <= len(exploring) - least:
                found.append(SliceCondition(column.name, f"“{column.name}” {words}", rows))
    return found


def _of_column(
    column: Column, values: "pd.Series[Any]", exploring: NDArray[np.intp], least: int
) -> Iterator[tuple[str, Flags]]:
    yield "is missing", values.isna().to_numpy(dtype=np.bool_)
    known = values.iloc[exploring].dropna()
    if known.empty:
        return
    if column.kind == "number":
        yield from _bands(values, known)
    elif column.kind == "date":
        yield from _periods(values, known)
    elif column.kind == "category":
        yield from _categories(values, known, least)


def _bands(values: "pd.Series[Any]", known: "pd.Series[Any]") -> Iterator[tuple[str, Flags]]:
    numbers = values.to_numpy(dtype=np.float64)
    distinct = np.unique(known.to_numpy(dtype=np.float64))
    if len(distinct) <= _FEW_VALUES:
        for value in distinct:
            yield f"is {number_in_words(float(value))}", numbers == value
        return
    edges = np.unique(np.quantile(known.to_numpy(dtype=np.float64), _QUANTILES, method="nearest"))
    yield f"is at most {number_in_words(float(edges[0]))}", numbers <= edges[0]
    for low, high in pairwise(edges):
        words = f"is over {number_in_words(float(low))} and at most {number_in_words(float(high))}"
        yield words, (numbers > low) & (numbers <= high)
    yield f"is over {number_in_words(float(edges[-1]))}", numbers > edges[-1]


def _categories(values: "pd.Series[Any]", known: "pd.Series[Any]", least: int) -> Iterator[tuple[str, Flags]]:
    """The frequent ones by name, all others together: of 500 categories most are too rare to speak of alone."""
    counts = known.value_counts()
    named = counts[counts >= least].index[:MOST_CATEGORIES]
    for value in named:
        yield f"is “{value}”", values.eq(value).fillna(value=False).to_numpy(dtype=np.bool_)
    if 0 < len(named) < len(counts):
        rest = values.notna() & ~values.isin(named)
        yield f"is none of the {len(named)} most frequent values", rest.to_numpy(dtype=np.bool_)


def _periods(values: "pd.Series[Any]", known: "pd.Series[Any]") -> Iterator[tuple[str, Flags]]:
    span = float(known.max() - known.min())
    unit = next((name for name, least in _DAYS_OF_PERIODS if span >= least), None)
    if unit is None:
        middle = float(known.median())
        day = (pd.Timestamp(0) + pd.Timedelta(days=middle)).date()
        days = values.to_numpy(dtype=np.float64)
        yield f"is until {day}", days <= middle
        yield f"is after {day}", days > middle
        return
    moments = pd.to_datetime(values, unit="D", errors="coerce")
    periods = moments.dt.to_period(unit)
    for period in sorted(periods.iloc[known.index].dropna().unique())[-MOST_CATEGORIES:]:
        rows = periods.eq(period).fillna(value=False).to_numpy(dtype=np.bool_)
        yield f"is in {_period_in_words(period, unit)}", rows


def _period_in_words(period: Any, unit: str) -> str:
    if unit == "Y":
        return str(period.year)
    if unit == "Q":
        return f"quarter {period.quarter} of {period.year}"
    return f"{_MONTHS[period.month - 1]} {period.year}"
