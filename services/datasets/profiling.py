"""Describe a typed table column by column: kind, gaps, spread, frequent values, and what deserves a second look."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.counted import Counted, as_cells, count_values, is_text, moments_of, quantiles_of
from services.datasets.kinds import kind_of
from services.datasets.limits import TABLE_THREADS
from services.datasets.profile import ColumnProfile, HistogramBin, Kind, TableProfile

if TYPE_CHECKING:  # the child that reads files has no use for pandas
    import pandas as pd

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
    frame: "pd.DataFrame", *, notes: Sequence[str] = (), column_notes: Mapping[str, Sequence[str]] | None = None
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

    def describe(name: Any) -> ColumnProfile:
        return profile_column(frame[name], notes=found.get(str(name), ()))

    with ThreadPoolExecutor(TABLE_THREADS) as pool:  # sorting and counting, most of it, lets other threads work
        columns = tuple(pool.map(describe, frame.columns))
    return TableProfile(n_rows=len(frame), columns=columns, notes=tuple(notes))


def profile_column(column: "pd.Series[Any]", *, notes: Sequence[str] = ()) -> ColumnProfile:
    """The profile of one column; `notes` come first, then what its values show."""
    return profile_cells(str(column.name), as_cells(column), notes=notes)


def profile_cells(
    name: str, cells: pa.ChunkedArray, *, counted: Counted | None = None, notes: Sequence[str] = ()
) -> ColumnProfile:
    """The profile of a column of typed cells.

    Parameters
    ----------
    counted
        Its different values, where they are known already.
    """
    counted = count_values(cells) if counted is None else counted
    kind = kind_of(name, cells, counted)
    is_number = not is_text(cells.type) and not pa.types.is_timestamp(cells.type)
    listed = counted.n_distinct <= MAX_TOP_VALUES if is_number else kind in ("category", "constant")
    return ColumnProfile(
        name=name,
        kind=kind,
        n_missing=len(cells) - int(counted.counts.sum()),
        n_distinct=counted.n_distinct,
        top_values=counted.labels(MAX_TOP_VALUES) if listed else (),
        notes=(*notes, *_value_notes(kind, len(cells), counted)),
        n_top=counted.n_top,
        **_spread(counted, is_number=is_number),
    )


def _spread(counted: Counted, *, is_number: bool) -> dict[str, Any]:
    """What describes numbers, dates or texts only, by the fields of a profile."""
    ordered = counted.ordered
    if ordered is None:
        if counted.n_distinct == 0:
            return {}
        lengths = pc.min_max(pc.utf8_length(counted.values)).as_py()
        return {"shortest": lengths["min"], "longest": lengths["max"]}
    if len(ordered) == 0:
        return {}
    if not is_number:
        low, high = (str(edge).removesuffix(".000000") for edge in (counted.values[0], counted.values[-1]))
        return {"low": low, "high": high, "histogram": _histogram(ordered / 1e6)}
    mean, sd, skew = moments_of(ordered)
    n_below, n_up_to = np.searchsorted(ordered, 0, "left"), np.searchsorted(ordered, 0, "right")
    return {
        "low": float(ordered[0]),
        "high": float(ordered[-1]),
        "mean": mean,
        "sd": sd,
        "skew": skew,
        "n_zeros": int(n_up_to - n_below),
        "n_negatives": int(n_below),
        "quantiles": quantiles_of(ordered),
        "histogram": _histogram(ordered.astype(float)),
    }


def _value_notes(kind: Kind, n_rows: int, counted: Counted) -> list[str]:
    n_present = int(counted.counts.sum())
    if n_present == 0:
        return ["Every cell is empty."]
    notes = [_KIND_NOTES[kind]] if kind in _KIND_NOTES else []
    missing = 1 - n_present / n_rows
    if missing >= MOSTLY_MISSING:
        notes.append(f"{missing:.0%} of the cells are empty.")
    share = counted.n_top / n_present
    if kind != "constant" and share >= NEARLY_CONSTANT:
        notes.append(f"One value fills {math.floor(share * 1000) / 10:g}% of the rows.")
    return notes


def _histogram(ordered: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[HistogramBin, ...]:
    low, high = float(ordered[0]), float(ordered[-1])
    if high - low > WIDEST or high - low <= NARROWEST * max(abs(low), abs(high)):
        return (HistogramBin(low, high, len(ordered)),)
    edges = _edges(ordered, low, high)
    places = np.searchsorted(ordered, edges[1:-1], "left")
    counts = np.diff(np.concatenate(([0], places, [len(ordered)])))
    return tuple(
        HistogramBin(float(left), float(right), int(count))
        for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )


def _edges(ordered: "np.ndarray[Any, np.dtype[np.float64]]", low: float, high: float) -> "np.ndarray[Any, Any]":
    """One bin per value where a few whole numbers are all there is, else equal widths."""
    if high - low < MAX_BINS and bool((ordered % 1 == 0).all()):
        return np.arange(low - 0.5, high + 1)
    return np.linspace(low, high, min(MAX_BINS, max(5, math.ceil(math.log2(len(ordered))) + 5)) + 1)
