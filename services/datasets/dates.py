"""Dates in one spelling per column. Where day and month could be swapped, nothing is guessed: somebody is asked."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.plans import ISO, MOMENT, read_moments, to_moments
from services.datasets.spelled import Spelled

Order = Literal["day", "month"]

_SAMPLE = 50
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
_ISO_WORDS = {  # by length: a day, with minutes, with seconds; one spelling in the whole column
    10: _FORMATS["%Y-%m-%d"],
    16: _FORMATS["%Y-%m-%d %H:%M"],
    19: _FORMATS["%Y-%m-%d %H:%M:%S"],
}
_DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_SLASHED = r"^\d{1,2}/\d{1,2}/\d{4}"
_PARTS = re.compile(r"(\d{1,2})/(\d{1,2})/")


@dataclass(frozen=True, slots=True)
class Dates:
    """Moments without a time zone in the place of the spellings, and their format, in words too.

    `is_worth_saying` where other orders are usual.
    """

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


def as_dates(present: Spelled, order: Order | None = None) -> Dates | AmbiguousDates | list[str]:
    """The column as dates, if one spelling fits every present value; else why it only looks like dates (often []).

    Parameters
    ----------
    present
        Trimmed text, null where missing.
    order
        Which of two numbers is the day, where somebody has said so.
    """
    if found := _as_iso(present.values):
        return found
    sample = _different(present.first(_SAMPLE))
    if not all(_DATED.match(value) for value in sample):  # most text, at once
        return []
    likely = [spelling for spelling in _FORMATS if _fits(sample, spelling)]
    if not likely and not all(_looks_slashed(value) for value in sample):
        return []
    values = _different(present.values)
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
    moments = to_moments(present.values, fitting[0])
    return Dates(moments, fitting[0], words, is_worth_saying=not words.startswith("year"))


def _is(spelling: str, order: Order) -> bool:
    return _FORMATS[spelling] == _ORDERS[order]


def _as_iso(present: pa.ChunkedArray) -> Dates | None:
    lengths = pc.min_max(pc.binary_length(present)).as_py()
    length = lengths["min"]
    if length not in _ISO_WORDS or length != lengths["max"]:
        return None
    try:
        values = present.cast(MOMENT)
    except pa.ArrowInvalid:
        return None
    return Dates(values, ISO, _ISO_WORDS[length])


def _different(present: pa.ChunkedArray) -> list[str]:
    found: list[str] = pc.unique(present).drop_null().to_pylist()
    return found


def _fits(texts: list[str], spelling: str) -> bool:
    return not np.isnat(read_moments(texts, spelling)).any()


def _looks_slashed(text: str) -> bool:
    return re.match(_SLASHED, text, re.ASCII) is not None


def _mixed_notes(present: Spelled) -> list[str]:
    """Where the rows are that fit one order only, if all look like dates."""
    if not pc.all(pc.match_substring_regex(present.values, _SLASHED)).as_py():
        return []
    parts = [_PARTS.match(text) if text is not None else None for text in present.values.to_pylist()]
    only_day, only_month = ([found is not None and int(found[n]) > 12 for found in parts] for n in (1, 2))
    if not (any(only_day) and any(only_month)):
        return ["It looks like dates, but not every value is one, so it is kept as text."]
    rows = [present.first_row(pa.chunked_array([only])) + 1 for only in (only_day, only_month)]
    return [
        f"Its dates cannot all be in one order: row {rows[0]:,} can only be {_DAY_FIRST}, "
        f"row {rows[1]:,} only {_MONTH_FIRST}. It is kept as text."
    ]
