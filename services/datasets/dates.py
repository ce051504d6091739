"""Dates in one spelling per column. Where day and month could be swapped, nothing is guessed: somebody is asked."""

import re
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.plans import ISO, MOMENT, to_moments

Order = Literal["day", "month"]

_SAMPLE = 50
_ISO_LENGTHS = (10, 16, 19)  # a day, with minutes, with seconds: one spelling in the whole column
_DAY_FIRST, _MONTH_FIRST = "day/month/year", "month/day/year"
_ORDERS: dict[Order, str] = {"day": _DAY_FIRST, "month": _MONTH_FIRST}
_TIMES = ("", " %H:%M", " %H:%M:%S")
_FORMATS = {
    "%Y-%m-%d": "year-month-day",
    **dict.fromkeys(("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"), "year-month-day with hour and minute"),
    **dict.fromkeys(("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"), "year-month-day with seconds"),
    **dict.fromkeys(("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f"), "year-month-day with parts of seconds"),
    "%Y/%m/%d": "year/month/day",
    **{f"%d.%m.%Y{time}": "day.month.year" for time in _TIMES},
    **{f"%d/%m/%Y{time}": _DAY_FIRST for time in _TIMES},
    **{f"%m/%d/%Y{time}": _MONTH_FIRST for time in _TIMES},
}
_DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_SLASHED = r"^\d{1,2}/\d{1,2}/\d{4}"


@dataclass(frozen=True, slots=True)
class Dates:
    """Moments without a time zone, the format they are in, in words too, and whether other orders are usual."""

    values: pa.ChunkedArray
    format: str
    words: str
    is_worth_saying: bool = False


def find_order(reason: str) -> Order | None:
    """Which number is the day, where the reason for reading a column as dates names one of the two orders."""
    return next((order for order, words in _ORDERS.items() if f"({words})" in reason), None)


@dataclass(frozen=True, slots=True)
class AmbiguousDates:
    """Every date could be day/month or month/day."""


def as_dates(present: pa.ChunkedArray, order: Order | None = None) -> Dates | AmbiguousDates | list[str]:
    """The column as dates, if one spelling fits every present value; else why it only looks like dates (often []).

    Parameters
    ----------
    present
        Trimmed text, null where missing.
    order
        Which of two numbers is the day, where somebody has said so.
    """
    if found := _as_iso(present):
        return found
    sample = _unique(present.slice(0, _SAMPLE))
    if not all(_DATED.match(value) for value in sample):  # most text, at once
        return []
    likely = [spelling for spelling in _FORMATS if _fits(sample, spelling)]
    if not likely and not _looks_slashed(sample):
        return []
    values = _unique(present)
    fitting = [spelling for spelling in likely if _fits(values, spelling)]
    if len(fitting) > 1:
        if order is None:
            return AmbiguousDates()
        fitting = [spelling for spelling in fitting if _FORMATS[spelling] == _ORDERS[order]]
    elif order is not None:
        fitting = [
            spelling for spelling in fitting if _FORMATS[spelling] not in _ORDERS.values() or _is(spelling, order)
        ]
    if not fitting:
        return _mixed_notes(present)
    words = _FORMATS[fitting[0]]
    return Dates(to_moments(present, fitting[0]), fitting[0], words, is_worth_saying=not words.startswith("year"))


def _is(spelling: str, order: Order) -> bool:
    return _FORMATS[spelling] == _ORDERS[order]


def _as_iso(present: pa.ChunkedArray) -> Dates | None:
    lengths = pc.min_max(pc.binary_length(present)).as_py()
    length = lengths["min"]
    if length not in _ISO_LENGTHS or length != lengths["max"]:
        return None
    try:
        values = present.cast(MOMENT)
    except pa.ArrowInvalid:
        return None
    first = present.drop_null()[0].as_py()
    words = next(words for spelling, words in _FORMATS.items() if _fits(pd.Series([first]), spelling))
    return Dates(values, ISO, words)


def _unique(present: pa.ChunkedArray) -> "pd.Series[Any]":
    found: pd.Series[Any] = pc.unique(present).drop_null().to_pandas()
    return found.astype("str")


def _fits(text: "pd.Series[Any]", spelling: str) -> bool:
    return bool(pd.to_datetime(text, format=spelling, errors="coerce").notna().all())


def _looks_slashed(sample: "pd.Series[Any]") -> bool:
    return bool(sample.str.match(_SLASHED).all())


def _mixed_notes(present: pa.ChunkedArray) -> list[str]:
    """Where the rows are that fit one order only, if all look like dates."""
    text = present.to_pandas().astype("str")
    is_there = text.notna()
    if not bool(text[is_there].str.match(_SLASHED).all()):
        return []
    parts = text.str.extract(r"^(\d{1,2})/(\d{1,2})/").astype("float")
    only_day, only_month = parts[0] > 12, parts[1] > 12
    if not (only_day.any() and only_month.any()):
        return ["It looks like dates, but not every value is one, so it is kept as text."]
    return [
        f"Its dates cannot all be in one order: row {int(only_day.idxmax()) + 1:,} can only be {_DAY_FIRST}, "
        f"row {int(only_month.idxmax()) + 1:,} only {_MONTH_FIRST}. It is kept as text."
    ]
