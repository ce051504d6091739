"""From cells of text to typed columns. Nothing is changed silently: every decision that could surprise is a note.

A whole number with leading zeros or more than 15 digits is a name, not an amount (a double holds 15 digits), so the
column stays text. A column is a number only if every present cell is one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.dates import as_dates

MISSING_TOKENS = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")
FAULTY_SHARE = 0.01  # of cells that are not numbers, up to which a text column is reported as nearly a number

_POINT = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_COMMA = r"^[+-]?(\d+(,\d*)?|,\d+)$"
_WHOLE = r"^[+-]?\d+$"
_PADDED = r"^[+-]?0\d"
_LONG = r"^[+-]?\d{16,}$"


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """The values (int64, float64, datetime64 or text) and what was decided on the way."""

    values: "pd.Series[Any]"
    notes: tuple[str, ...] = ()


def infer_column(cells: pa.ChunkedArray, *, decimal_comma: bool = False) -> TypedColumn:
    """Type one column of text.

    Parameters
    ----------
    cells
        Strings without nulls, as they stand in the file.
    decimal_comma
        Whether a comma may be a decimal sign, which holds only where semicolons separate the columns.
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    is_blank, is_token = pc.equal(trimmed, ""), pc.is_in(trimmed, pa.array(MISSING_TOKENS))
    present = pc.if_else(pc.or_(is_blank, is_token), pa.scalar(None, pa.string()), trimmed)
    notes = _token_notes(trimmed, is_token)
    if present.null_count == len(present):
        return TypedColumn(_as_text(present), tuple(notes))
    for attempt in (_as_number, _as_date):
        found = attempt(present, decimal_comma)
        if isinstance(found, TypedColumn):
            return TypedColumn(found.values, (*notes, *_blank_notes(is_blank), *found.notes))
        notes += found
    return TypedColumn(_as_text(present), (*notes, *_trim_notes(cells, trimmed)))


def _as_number(present: pa.ChunkedArray, decimal_comma: bool) -> TypedColumn | list[str]:
    """The numbers, or why the column only looks like numbers."""
    pattern, note = _POINT, []
    if decimal_comma and _any(present, ",") and _all(present, _COMMA):
        pattern, note = _COMMA, ["Its numbers use a comma as decimal sign."]
    is_number = pc.match_substring_regex(present, pattern)
    if not pc.all(is_number).as_py():
        return _nearly_number_notes(is_number)
    if _any(present, _PADDED):
        return ["Some values begin with a zero, as postcodes do, so it is kept as text."]
    if _any(present, _LONG):
        return ["Some values have more than 15 digits, as account numbers do, so it is kept as text."]
    plain = pc.replace_substring(pc.utf8_ltrim(present, characters="+"), ",", ".")
    if _all(plain, _WHOLE) and plain.null_count == 0:
        return TypedColumn(_as_series(plain.cast(pa.int64())), tuple(note))
    values = plain.cast(pa.float64()).to_numpy()
    too_large = np.isinf(values)
    if too_large.any():
        note.append(f"{_cells(int(too_large.sum()))} too large for a number and read as missing.")
    return TypedColumn(pd.Series(np.where(too_large, np.nan, values)), tuple(note))


def _as_date(present: pa.ChunkedArray, _decimal_comma: bool) -> TypedColumn | list[str]:
    found = as_dates(_as_text(present))
    return found if isinstance(found, list) else TypedColumn(found.values, found.notes)


def _nearly_number_notes(is_number: pa.ChunkedArray) -> list[str]:
    n_present = len(is_number) - is_number.null_count
    n_faulty = n_present - pc.sum(is_number).as_py()
    if n_faulty > FAULTY_SHARE * n_present:
        return []
    first = pc.index(is_number, pa.scalar(False)).as_py() + 1
    return [
        f"{n_present - n_faulty:,} of {n_present:,} values are numbers, row {first:,} is not: it is kept as text. "
        "Correct that cell or empty it, and upload the file again."
    ]


def _token_notes(trimmed: pa.ChunkedArray, is_token: pa.ChunkedArray) -> list[str]:
    tokens = pc.value_counts(trimmed.filter(is_token)).to_pylist()
    return [f"{_cells(token['counts'])} spelled “{token['values']}” and read as missing." for token in tokens]


def _blank_notes(is_blank: pa.ChunkedArray) -> list[str]:
    n_blank = pc.sum(is_blank).as_py()
    return [f"{_cells(n_blank)} blank and read as missing."] if n_blank else []


def _trim_notes(cells: pa.ChunkedArray, trimmed: pa.ChunkedArray) -> list[str]:
    changed = pc.and_(pc.not_equal(cells, trimmed), pc.not_equal(trimmed, ""))
    n_changed = pc.sum(changed).as_py()
    return [f"Spaces around {n_changed:,} values were removed."] if n_changed else []


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"


def _any(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _all(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _as_text(present: pa.ChunkedArray) -> "pd.Series[Any]":
    return _as_series(present).astype("str")


def _as_series(values: pa.ChunkedArray) -> "pd.Series[Any]":
    series: pd.Series[Any] = values.to_pandas()
    return series.rename(None)
