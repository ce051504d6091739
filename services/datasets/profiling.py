"""Describe a typed table column by column: kind, gaps, spread, frequent values, and what deserves a second look."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from services.datasets.kinds import kind_of
from services.datasets.profile import QUANTILES, ColumnProfile, HistogramBin, Kind, TableProfile, label_of

MAX_BINS = 20
MAX_TOP_VALUES = 20  # a number column with no more values than this lists them too, as it may hold classes
MOSTLY_MISSING = 0.5
NEARLY_CONSTANT = 0.99
WIDEST, NARROWEST = 1e300, 1e-9  # a range (and, relative to its values, one) that can still be cut into bins

_KIND_NOTES: dict[Kind, str] = {
    "identifier": "Nearly every row has its own value: it names a row and says nothing about the next. Leave it out.",
    "constant": "Every row has the same value, so a model learns nothing from it.",
}


def profile_table(
    frame: pd.DataFrame, *, notes: Sequence[str] = (), column_notes: Mapping[str, Sequence[str]] | None = None
) -> TableProfile:
    """The profile of a typed table.

    Parameters
    ----------
    frame
        As `tables.read_table` returns it.
    notes, column_notes
        What was noticed while the file was read, for the table and for its columns.
    """
    found = column_notes or {}
    columns = tuple(profile_column(frame[name], notes=found.get(str(name), ())) for name in frame.columns)
    return TableProfile(n_rows=len(frame), columns=columns, notes=tuple(notes))


def profile_column(column: "pd.Series[Any]", *, notes: Sequence[str] = ()) -> ColumnProfile:
    """The profile of one column; `notes` come first, then what its values show."""
    present = column.dropna()
    counts = present.value_counts()
    name, n_distinct = str(column.name), len(counts)
    kind = kind_of(name, present, n_distinct)
    is_number, is_date = pd.api.types.is_numeric_dtype(column.dtype), column.dtype.kind == "M"
    low, high = _low_and_high(present) if is_number or is_date else (None, None)
    listed = n_distinct <= MAX_TOP_VALUES if is_number else kind in ("category", "constant")
    return ColumnProfile(
        name=name,
        kind=kind,
        n_missing=len(column) - len(present),
        n_distinct=n_distinct,
        low=low,
        high=high,
        mean=_mean(present) if is_number else None,
        quantiles=_quantiles(present) if is_number else (),
        histogram=_histogram(_as_floats(present)) if is_number or is_date else (),
        top_values=_top_values(counts) if listed else (),
        notes=(*notes, *_value_notes(kind, len(column), counts)),
    )


def _value_notes(kind: Kind, n_rows: int, counts: "pd.Series[int]") -> list[str]:
    n_present = int(counts.sum())
    if n_present == 0:
        return ["Every cell is empty."]
    notes = [_KIND_NOTES[kind]] if kind in _KIND_NOTES else []
    missing = 1 - n_present / n_rows
    if missing >= MOSTLY_MISSING:
        notes.append(f"{missing:.0%} of the cells are empty.")
    share = int(counts.iloc[0]) / n_present
    if kind != "constant" and share >= NEARLY_CONSTANT:
        notes.append(f"One value fills {math.floor(share * 1000) / 10:g}% of the rows.")
    return notes


def _top_values(counts: "pd.Series[int]") -> tuple[tuple[str, int], ...]:
    ranked = sorted(((label_of(value), int(count)) for value, count in counts.items()), key=lambda v: (-v[1], v[0]))
    return tuple(ranked[:MAX_TOP_VALUES])


def _low_and_high(present: "pd.Series[Any]") -> tuple[float | str | None, float | str | None]:
    if present.empty:
        return None, None
    low, high = present.min(), present.max()
    if isinstance(low, pd.Timestamp):
        return low.isoformat(), high.isoformat()
    return float(low), float(high)


def _mean(present: "pd.Series[Any]") -> float | None:
    with np.errstate(over="ignore"):
        mean = float(present.mean()) if len(present) else math.nan
    return mean if math.isfinite(mean) else None


def _quantiles(present: "pd.Series[Any]") -> tuple[float, ...]:
    if present.empty:
        return ()
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.quantile(present.to_numpy(dtype=float), QUANTILES)
    return tuple(float(value) for value in found) if np.isfinite(found).all() else ()


def _as_floats(present: "pd.Series[Any]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    if present.dtype.kind == "M":
        return present.to_numpy("datetime64[us]").astype(np.int64) / 1e6
    return present.to_numpy(dtype=float)


def _histogram(values: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[HistogramBin, ...]:
    if len(values) == 0:
        return ()
    low, high = float(values.min()), float(values.max())
    if high - low > WIDEST or high - low <= NARROWEST * max(abs(low), abs(high)):
        return (HistogramBin(low, high, len(values)),)
    counts, edges = np.histogram(values, bins=_bins(values, low, high))
    return tuple(
        HistogramBin(float(left), float(right), int(count))
        for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )


def _bins(values: "np.ndarray[Any, np.dtype[np.float64]]", low: float, high: float) -> "int | np.ndarray[Any, Any]":
    """One bin per value where a few whole numbers are all there is, else equal widths."""
    if high - low < MAX_BINS and bool((values % 1 == 0).all()):
        return np.arange(low - 0.5, high + 1)
    return min(MAX_BINS, max(5, math.ceil(math.log2(len(values))) + 5))
