"""The different values of a column with their counts, and what an ordered column tells without another pass."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.profile import QUANTILES, label_of

if TYPE_CHECKING:  # the child that reads files has no use for pandas
    import pandas as pd

Numbers = np.ndarray[Any, np.dtype[Any]]
Counts = np.ndarray[Any, np.dtype[np.int64]]

_MANY, _WIDEST_CODE = 10_000, 64  # texts, and bytes of each
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Counted:
    """`values` are the different present values, `counts` how many cells hold each.

    Numbers and moments (in microseconds) are arrays of numpy in ascending order, texts are Arrow's in any order.
    """

    values: pa.Array | Numbers
    counts: Counts

    @property
    def n_distinct(self) -> int:
        """How many different values there are."""
        return len(self.counts)

    @property
    def n_top(self) -> int:
        """How many cells hold the most frequent value."""
        return int(self.counts.max()) if len(self.counts) else 0

    @property
    def ordered(self) -> Numbers | None:
        """All present cells in ascending order, moments as microseconds since 1970; None for texts."""
        if isinstance(self.values, pa.Array):
            return None
        values = self.values.view(np.int64) if self.values.dtype.kind == "M" else self.values
        return np.repeat(values, self.counts)

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


def as_cells(column: "pd.Series[Any]") -> pa.ChunkedArray:
    """A column of a frame as Arrow has it, null where a cell is missing."""
    cells = pa.array(column, from_pandas=True)
    return cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])


def count_values(cells: pa.ChunkedArray) -> Counted:
    """Count the different present values of a column of numbers, moments or texts."""
    if not is_text(cells.type):
        ordered = np.sort(_plain(cells))
        starts = np.flatnonzero(_is_first(ordered))
        return Counted(ordered[starts], np.diff(np.append(starts, len(ordered))))
    present = cells.drop_null() if cells.null_count else cells
    if all_differ(present):
        return Counted(present.combine_chunks(), np.ones(len(present), dtype=np.int64))
    counted = pc.value_counts(present)
    return Counted(counted.field("values"), counted.field("counts").to_numpy())


def merge_counts(values: pa.ChunkedArray, counts: Counts) -> Counted:
    """As `count_values`, from values that may repeat or be missing, and how many cells hold each."""
    is_present = values.is_valid().to_numpy()
    if pa.types.is_floating(values.type):
        is_present &= ~np.isnan(values.to_numpy())
    if not is_present.all():
        counts, values = counts[is_present], values.filter(pa.array(is_present))
    if is_text(values.type):
        return Counted(values.combine_chunks(), counts)  # of texts nothing but what is missing was changed
    plain = _plain(values)
    order = np.argsort(plain, kind="stable")
    ordered = plain[order]
    starts = np.flatnonzero(_is_first(ordered))
    return Counted(ordered[starts], np.add.reduceat(counts[order], starts) if len(starts) else counts[:0])


def is_text(kind: pa.DataType) -> bool:
    """Whether cells of this type are texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def all_differ(texts: pa.ChunkedArray) -> bool:
    """Whether no text occurs twice; a quick look that says False where it would take a long one."""
    if len(texts) < _MANY:
        return False
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    width = lengths["min"]
    if width != lengths["max"] or not 0 < width <= _WIDEST_CODE:
        return False
    codes = np.zeros((len(texts), -(-width // 8) * 8), dtype=np.uint8)
    start = 0
    for chunk in texts.chunks:
        codes[start : start + len(chunk), :width] = _bytes_of(chunk).reshape(len(chunk), width)
        start += len(chunk)
    words = codes.view(np.uint64)
    hashes = np.zeros(len(texts), dtype=np.uint64)
    for place in range(words.shape[1]):  # an equal hash proves nothing, another one does
        hashes = (hashes ^ words[:, place]) * _FACTOR
        hashes ^= hashes >> np.uint64(32)
    hashes.sort()
    return bool((hashes[1:] != hashes[:-1]).all())


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


def _is_first(ordered: Numbers) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether another value stands before, for each of ordered ones."""
    found = np.empty(len(ordered), dtype=bool)
    found[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=found[1:])
    return found


def _plain(cells: pa.ChunkedArray) -> Numbers:
    """The present cells as numpy has them."""
    if pa.types.is_floating(cells.type):
        numbers: Numbers = cells.to_numpy()
        return numbers[~np.isnan(numbers)]
    present: Numbers = (cells.drop_null() if cells.null_count else cells).to_numpy()
    return present.astype("datetime64[us]") if present.dtype.kind == "M" else present


def _bytes_of(chunk: pa.Array) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """The bytes of all texts of a chunk without gaps."""
    if len(chunk) == 0:
        return np.empty(0, np.uint8)
    is_large = pa.types.is_large_string(chunk.type)
    offsets = np.frombuffer(chunk.buffers()[1], np.int64 if is_large else np.int32)[chunk.offset :][: len(chunk) + 1]
    return np.frombuffer(chunk.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
