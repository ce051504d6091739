"""A column of cells by its different spellings, so that what many rows repeat is looked at once."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Rows = np.ndarray[Any, np.dtype[np.int32]]
Counts = np.ndarray[Any, np.dtype[np.int64]]

FEW_ROWS = 4_096  # up to which sorting spellings out costs more than it saves
_PROBED_ROWS = 32_768
_MOST_DIFFERENT = 0.6  # of the probed rows


@dataclass(frozen=True, slots=True)
class Spelled:
    """`values` are the different spellings in the order of their first rows; `rows` says for each row which is its own,
    `counts` how many rows have it.

    Where most rows have a spelling of their own, `values` are the cells themselves, and the others are None.
    """

    values: pa.ChunkedArray
    rows: Rows | None = None
    counts: Counts | None = None

    @classmethod
    def of(cls, cells: pa.ChunkedArray, *, few_rows: int = FEW_ROWS) -> "Spelled":
        """The cells, sorted out if that is worth it. A missing cell is a spelling too."""
        if len(cells) <= few_rows or not _repeat(cells):
            return cls(cells)
        encoded = pc.dictionary_encode(cells, null_encoding="encode").combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):  # more bytes than one array holds
            return cls(cells)
        rows = encoded.indices.to_numpy()
        return cls(pa.chunked_array([encoded.dictionary]), rows, np.bincount(rows, minlength=len(encoded.dictionary)))

    def become(self, values: pa.ChunkedArray) -> "Spelled":
        """The same rows, with something else in the place of each spelling."""
        return replace(self, values=values)

    def spread(self) -> pa.ChunkedArray:
        """The value of each row."""
        if self.rows is None:
            return self.values
        values = self.values.combine_chunks()
        return pa.chunked_array([values.take(pa.array(self.rows))], type=self.values.type)

    def count(self, flags: pa.ChunkedArray) -> int:
        """In how many rows a flag is set; there is one for each of `values`."""
        if self.counts is None:
            return int(pc.sum(flags).as_py() or 0)
        return int(self.counts[_as_flags(flags)].sum())

    def first_row(self, flags: pa.ChunkedArray) -> int:
        """The first row in which a flag is set; it is in one."""
        if self.rows is None:
            return int(pc.index(flags, pa.scalar(True)).as_py())
        return int(np.argmax(_as_flags(flags)[self.rows]))

    def tally(self, flags: pa.ChunkedArray) -> list[tuple[str, int]]:
        """The values with a flag and in how many rows they are, in the order of their first rows."""
        chosen = self.values.filter(flags)
        if self.counts is None:
            return [(found["values"], found["counts"]) for found in pc.value_counts(chosen).to_pylist()]
        found: dict[str, int] = {}
        for value, n_rows in zip(chosen.to_pylist(), self.counts[_as_flags(flags)].tolist(), strict=True):
            found[value] = found.get(value, 0) + n_rows
        return list(found.items())

    def first(self, n_rows: int) -> pa.ChunkedArray:
        """The values of the first rows."""
        if self.rows is None:
            return self.values.slice(0, n_rows)
        return self.values.take(pa.array(self.rows[:n_rows]))

    def sample(self, n_wanted: int) -> pa.ChunkedArray:
        """About so many present values, taken evenly from the rows."""
        if self.rows is None:
            there = self.values.drop_null() if self.values.null_count else self.values
            step = max(1, len(there) // n_wanted)
            return there.take(pa.array(np.arange(0, len(there), step))) if step > 1 else there
        rows = self.rows
        if self.values.null_count:
            rows = rows[_as_flags(self.values.is_valid())[rows]]
        return self.values.take(pa.array(rows[:: max(1, len(rows) // n_wanted)]))


def _repeat(cells: pa.ChunkedArray) -> bool:
    probed = cells.slice(0, _PROBED_ROWS)
    return bool(pc.count_distinct(probed, mode="all").as_py() <= _MOST_DIFFERENT * len(probed))


def _as_flags(flags: pa.ChunkedArray) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    found: np.ndarray[Any, np.dtype[np.bool_]] = pc.fill_null(flags, False).to_numpy()
    return found
