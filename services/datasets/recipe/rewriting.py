"""Steps that rewrite the cells of one column: the new cells, and how many of them differ."""

import hmac
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.profile import label_of
from services.datasets.recipe.conditions import as_moment
from services.datasets.recipe.errors import StepNotPossibleError

MAX_DIGITS = 15  # of a whole number that a double still holds exactly
_POINT = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_COMMA = r"^[+-]?(\d+(,\d*)?|,\d+)$"
_WHOLE = r"^[+-]?\d+$"
_LONG = r"^[+-]?0*[1-9]\d{15,}$"
_DATE_FORMATS = {
    "iso": ("%Y-%m-%d", "%Y/%m/%d"),
    "day": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"),
    "month": ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y", "%Y-%m-%d"),
}
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S.%f")


def trimmed(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Text without spaces around it; what is empty then is missing."""
    _require_text(cells, "Spaces can be removed from text only")
    text = cells.str.strip()
    return text.mask(text == "")


def merged(cells: "pd.Series[Any]", mapping: Mapping[str, str]) -> "pd.Series[Any]":
    """Text with some spellings written as others."""
    _require_text(cells, "Spellings can be merged in text only")
    return _replaced(cells, mapping)


def emptied(cells: "pd.Series[Any]", values: list[str | int | float]) -> "pd.Series[Any]":
    """The column with these values missing. Numbers and dates are recognised however they are spelled."""
    if is_text(cells):
        return cells.mask(cells.isin([one if isinstance(one, str) else label_of(one) for one in values]))
    wanted = [found for one in values if (found := _as_cell(cells, one)) is not None]
    found_in = cells.isin(wanted)
    if not found_in.any():
        return cells
    return with_gaps(cells).mask(found_in)


def numbers(cells: "pd.Series[Any]", *, decimal_comma: bool) -> "pd.Series[Any]":
    """Text read as numbers: int64 where all are whole and none is missing, else float64. Other text becomes missing.

    A whole number of more than 15 digits is no amount, and would lose digits: it becomes missing too.
    """
    if is_number(cells):
        return cells
    _require_text(cells, "Only text can be read as numbers")
    text = pc.utf8_trim_whitespace(_arrow(cells))
    fits = pc.match_substring_regex(text, _COMMA if decimal_comma else _POINT)
    usable = pc.and_(fits, pc.invert(pc.match_substring_regex(text, _LONG)))
    present = pc.if_else(usable, text, pa.scalar(None, pa.string()))
    plain = pc.utf8_ltrim(pc.replace_substring(present, ",", "."), characters="+")
    if plain.null_count == 0 and pc.all(pc.match_substring_regex(plain, _WHOLE)).as_py():
        return pd.Series(plain.cast(pa.int64()).to_numpy(), index=cells.index, name=cells.name)
    found = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return pd.Series(np.where(np.isinf(found), np.nan, found), index=cells.index, name=cells.name)


def dates(cells: "pd.Series[Any]", order: str) -> "pd.Series[Any]":
    """Text read as dates, cell by cell in the spellings of one order. Other text becomes missing."""
    if cells.dtype.kind == "M":
        return cells
    _require_text(cells, "Only text can be read as dates")
    found = pd.Series(pd.NaT, index=cells.index, name=cells.name, dtype="datetime64[us]")
    rest = cells.str.strip()
    for spelling in (day + time for day in _DATE_FORMATS[order] for time in _TIMES):
        if rest.isna().all():
            break
        read = pd.to_datetime(rest, format=spelling, errors="coerce").astype("datetime64[us]")
        found = found.fillna(read)
        rest = rest.mask(read.notna())
    return found


def texts(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Numbers as labels (1 for 1.0), dates in ISO spelling."""
    if is_text(cells):
        return cells
    if cells.dtype.kind == "M":
        at_midnight = bool((cells.dropna() == cells.dropna().dt.normalize()).all())
        spelled: pd.Series[Any] = cells.dt.strftime("%Y-%m-%d" if at_midnight else "%Y-%m-%dT%H:%M:%S.%f")
        return spelled.astype("str")
    labels: pd.Series[Any] = cells.map(label_of, na_action="ignore").astype("str")
    return labels


def clipped(cells: "pd.Series[Any]", low: float | None, high: float | None) -> "pd.Series[Any]":
    """Numbers held between two limits; either may be open."""
    if not is_number(cells):
        raise StepNotPossibleError(f"“{cells.name}” does not hold numbers, so it has no lowest or highest value.")
    outside = (cells < low if low is not None else False) | (cells > high if high is not None else False)
    if not np.any(outside):
        return cells
    return cells.clip(lower=low, upper=high)


def hashed(cells: "pd.Series[Any]", key: bytes) -> "pd.Series[Any]":
    """HMAC-SHA256 of each value as 64 hexadecimal digits: equal values stay equal, and nobody without the key can
    try out values.
    """
    if not key:
        raise ValueError("Hashing values needs a key.")
    text = texts(cells)
    spelled = {
        value: hmac.digest(key, f"{cells.name}\x00{value}".encode(), "sha256").hex() for value in text.dropna().unique()
    }
    return text.map(spelled).astype("str")


def filled(cells: "pd.Series[Any]", values: Mapping[str, str | None]) -> "pd.Series[Any]":
    """The column with new values in some rows, read as the kind of the column. Rows that were left out are skipped."""
    chosen = {int(row): value for row, value in values.items() if int(row) in cells.index}
    if not chosen:
        return cells
    new = [None if value is None else _as_cell(cells, value) for value in chosen.values()]
    faulty = sum(cell is None and value is not None for cell, value in zip(new, chosen.values(), strict=True))
    if faulty:
        what = "dates" if cells.dtype.kind == "M" else "numbers"
        raise StepNotPossibleError(f"“{cells.name}” holds {what}, and {faulty:,} of the new values are none.")
    exact = all(isinstance(cell, int) for cell in new)
    result = cells.copy() if is_text(cells) or exact else with_gaps(cells).copy()
    rows = list(chosen)
    result.loc[rows] = pd.Series(new, index=rows, dtype=result.dtype)
    return result


def with_gaps(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """The column in a type that can be missing; a whole number that would lose digits is refused."""
    if cells.dtype.kind != "i":
        return cells
    if len(cells) and max(abs(int(cells.min())), abs(int(cells.max()))) >= 2**53:
        raise StepNotPossibleError(
            f"“{cells.name}” has whole numbers of more than {MAX_DIGITS} digits. Keep it as text first."
        )
    return cells.astype("float64")


def is_number(cells: "pd.Series[Any]") -> bool:
    """Whether the cells are numbers (not dates)."""
    return pd.api.types.is_numeric_dtype(cells.dtype)


def is_text(cells: "pd.Series[Any]") -> bool:
    """Whether the cells are text."""
    return not is_number(cells) and cells.dtype.kind != "M"


def _as_cell(cells: "pd.Series[Any]", value: str | float) -> Any:
    """The value in the kind of the column; None where it has no such form."""
    if is_text(cells):
        return value if isinstance(value, str) else label_of(value)
    try:
        if not is_number(cells):
            return as_moment(value)
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not np.isfinite(number):
        return None
    return int(number) if number.is_integer() and cells.dtype.kind == "i" and abs(number) < 2**53 else number


def _replaced(cells: "pd.Series[Any]", mapping: Mapping[str, str]) -> "pd.Series[Any]":
    found = cells.isin(list(mapping))
    if not found.any():
        return cells
    return cells.mask(found, cells.map(dict(mapping)).astype("str"))


def _arrow(cells: "pd.Series[Any]") -> pa.ChunkedArray:
    found = pa.array(cells, type=pa.string(), from_pandas=True)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _require_text(cells: "pd.Series[Any]", fact: str) -> None:
    if not is_text(cells):
        raise StepNotPossibleError(f"“{cells.name}” does not hold text. {fact}.")
