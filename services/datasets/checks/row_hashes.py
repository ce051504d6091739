"""One number for each row, so that equal rows are found by sorting numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)


@dataclass(frozen=True)
class RowHashes:
    """64-bit hashes: that two different rows of a million share one has a chance of about 1 in 40 million."""

    values: Hashes

    @cached_property
    def codes(self) -> "np.ndarray[Any, np.dtype[np.intp]]":
        """A number from 0 for each different row."""
        return pd.factorize(self.values)[0]

    @cached_property
    def n_distinct(self) -> int:
        """How many different rows there are."""
        return int(self.codes.max()) + 1 if len(self.codes) else 0


def hash_rows(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> RowHashes:
    """Hash the rows over `columns` (all); missing equals missing, 0.0 equals -0.0."""
    total = np.zeros(len(frame), dtype=np.uint64)
    for name in frame.columns if columns is None else columns:
        total = (total ^ (total >> _TURN)) * _MIX + _hash_column(frame[name])
    return RowHashes(total)


def _hash_column(column: "pd.Series[Any]") -> Hashes:
    if column.dtype.kind == "f":
        numbers = column.to_numpy(dtype=float) + 0.0
        bits = np.where(np.isnan(numbers), np.uint64(1), numbers.view(np.uint64))
    elif column.dtype.kind in "iM":
        bits = column.to_numpy().view(np.uint64)
    else:
        bits = pd.factorize(column)[0].astype(np.int64).view(np.uint64)
    mixed: Hashes = (bits ^ (bits >> _TURN)) * _MIX
    return mixed ^ (mixed >> np.uint64(32))
