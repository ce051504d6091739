"""What texts look like: how many cells could be numbers, or dates of which spelling."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.checks.subject import Subject

POINT = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$"
COMMA = r"^\s*[+-]?(\d+(,\d*)?|,\d+)\s*$"
_UNITS = (
    "%|[$€£]|EUR|USD|GBP|CHF|k|K|kg|g|t|lbs?|oz|km|m|cm|mm|ft|in|mi|h|hrs?|min|s|sec|ms|days?|l|ml|kwh|kWh|W|kW|GB|MB"
)
UNIT = rf"^\s*([$€£]|[A-Z]{{3}} )?\s*[+-]?\d{{1,3}}([ ,.']?\d{{3}})*([.,]\d+)?\s*({_UNITS})?\s*$"
PADDED = r"^\s*[+-]?0\d"
LONG = r"^\s*[+-]?0*[1-9]\d{15,}\s*$"
ISO = r"^\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*$"
SHORT_DATE = r"^\s*\d{1,2}[./-]\d{1,2}[./-]\d{4}([ T]\d{1,2}:\d{2}(:\d{2})?)?\s*$"
_DAY_FIRST = r"^\s*(1[3-9]|2\d|3[01])[./-]"
_MONTH_FIRST = r"^\s*\d{1,2}[./-](1[3-9]|2\d|3[01])[./-]"
MAX_VALUES = 100_000  # different texts that are looked at; more are taken evenly


@dataclass(frozen=True, slots=True)
class Shapes:
    """Cells (not different values) of a column by what they could be; `n_cells` are all that were looked at."""

    n_cells: int
    n_point: int
    n_comma: int
    n_unit: int
    n_kept: int  # numbers that are names: leading zeros, more than 15 digits
    n_iso: int
    n_short_date: int
    n_day_first: int
    n_month_first: int


def shapes_of(subject: Subject, name: str) -> Shapes:
    """Count the shapes of a text column; of very many different texts some are looked at."""
    values, counts = subject.value_counts(name)
    if len(values) > MAX_VALUES:
        places = np.linspace(0, len(values) - 1, MAX_VALUES).astype(np.int64)
        values, counts = values.take(pa.array(places)), counts[places]
    digits = _matches(values, r"\d")
    if not digits.any():
        return Shapes(int(counts.sum()), 0, 0, 0, 0, 0, 0, 0, 0)
    n_cells = int(counts.sum())
    values, counts = values.filter(pa.array(digits)), counts[digits]

    def cells(pattern: str) -> int:
        return int(counts[_matches(values, pattern)].sum())

    n_short = cells(SHORT_DATE)
    return Shapes(
        n_cells,
        cells(POINT),
        cells(COMMA),
        cells(UNIT),
        cells(PADDED) + cells(LONG),
        cells(ISO),
        n_short,
        cells(_DAY_FIRST) if n_short else 0,
        cells(_MONTH_FIRST) if n_short else 0,
    )


def _matches(values: pa.Array, pattern: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    found: np.ndarray[Any, np.dtype[np.bool_]] = pc.match_substring_regex(values, pattern).to_numpy(
        zero_copy_only=False
    )
    return found
