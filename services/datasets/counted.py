"""The different values of a column with their counts, and what an ordered column tells without another pass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.profile import QUANTILES, label_of

Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Counted:
    """`values` are the different present values, `counts` how many cells hold each.

    `ordered` are all present cells in ascending order (dates as microseconds since 1970); None for text.
    """

    values: pa.Array | Numbers
    counts: "np.ndarray[Any, np.dtype[np.int64]]"
    ordered: Numbers | None = None

    @property
    def n_distinct(self) -> int:
        """How many different values there are."""
        return len(self.counts)

    @property
    def n_top(self) -> int:
        """How many cells hold the most frequent value."""
        return int(self.counts.max()) if len(self.counts) else 0

    def labels(self, most: int) -> tuple[tuple[str, int], ...]:
        """The most frequent values as labels; of equally frequent ones the first of the alphabet."""
        if self.n_distinct > 10 * most:  # only those that can be among the first
            least = np.partition(self.counts, -most)[-most]
            chosen = np.flatnonzero(self.counts >= least)
        else:
            chosen = np.arange(self.n_distinct)
        values = self.values.take(pa.array(chosen)) if isinstance(self.values, pa.Array) else self.values[chosen]
        pairs = zip(values.tolist(), self.counts[chosen].tolist(), strict=True)
        ranked = sorted(((label_of(value), count) for value, count in pairs), key=lambda one: (-one[1], one[0]))
        return tuple(ranked[:most])


def count_values(present: "pd.Series[Any]") -> Counted:
    """Count the different values of a column without gaps."""
    if present.dtype.kind in "biufM":
        ordered = np.sort(_plain(present))
        is_first = np.empty(len(ordered), dtype=bool)
        is_first[:1] = True
        np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        counts = np.diff(np.append(starts, len(ordered)))
        values = ordered[starts]
        return Counted(values.astype("datetime64[us]") if present.dtype.kind == "M" else values, counts, ordered)
    counted = pc.value_counts(pa.array(present, type=pa.string(), from_pandas=True))
    if isinstance(counted, pa.ChunkedArray):
        counted = counted.combine_chunks()
    return Counted(counted.field("values"), counted.field("counts").to_numpy())


def quantiles_of(ordered: Numbers) -> tuple[float, ...]:
    """The quantiles at `QUANTILES`, linear between neighbours; nothing where they are not finite."""
    if len(ordered) == 0:
        return ()
    places = np.asarray(QUANTILES) * (len(ordered) - 1)
    below = np.floor(places).astype(np.int64)
    above = np.minimum(below + 1, len(ordered) - 1)
    left, right = ordered[below].astype(float), ordered[above].astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        found = left + (right - left) * (places - below)
    return tuple(float(value) for value in found) if np.isfinite(found).all() else ()


def moments_of(ordered: Numbers) -> tuple[float | None, float | None, float | None]:
    """Mean, standard deviation (of a sample) and skewness; None where they are not finite or not defined."""
    n_values = len(ordered)
    if n_values == 0:
        return None, None, None
    values = ordered.astype(float)
    with np.errstate(all="ignore"):
        mean = float(values.mean())
        scale = max(abs(float(values[0]) - mean), abs(float(values[-1]) - mean))
        scaled = (values - mean) / scale  # within 1, so that no power overflows
        second = float(np.dot(scaled, scaled)) / n_values
        sd = scale * (second * n_values / (n_values - 1)) ** 0.5 if n_values > 1 else np.nan
        skew = float(np.dot(scaled * scaled, scaled)) / n_values / second**1.5 if scale > 0 else np.nan
        sd = 0.0 if scale == 0 and n_values > 1 else sd
    finite = [value if np.isfinite(value) else None for value in (mean, sd, skew)]
    return finite[0], finite[1], finite[2]


def _plain(present: "pd.Series[Any]") -> Numbers:
    if present.dtype.kind == "M":
        return present.to_numpy("datetime64[us]").astype(np.int64)
    return present.to_numpy()
