"""One number for each row, so that equal rows, and equal columns, are found by comparing numbers.

The hash of a row is the sum (modulo 2^64) of one hash for each of its cells; so that of fewer columns is a difference.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from services.datasets.checks.subject import Subject

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Codes = np.ndarray[Any, np.dtype[np.intp]]

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_BLOCK = 16_384
_STEP = 0x9E3779B97F4A7C15
_GAP = np.uint64(0x7FF8DEAD00000001)  # stands for a missing cell


@dataclass(frozen=True)
class TableHashes:
    """64-bit hashes of all rows, and of all columns.

    Two different rows of a million share a hash with a chance of about 1 in 40 million. Columns share a digest where
    they hold the same numbers, the same moments, or texts that are the same up to a renaming.
    """

    rows: Hashes
    digests: dict[str, int]


def hash_table(subject: Subject) -> TableHashes:
    """Hash all rows and columns; missing equals missing, 0.0 equals -0.0, 1 equals 1.0."""
    rows = np.zeros(subject.n_rows, dtype=np.uint64)
    odd_places = _mix(np.arange(subject.n_rows, dtype=np.uint64)) | np.uint64(1)
    digests = {}
    for place, name in enumerate(subject.columns):
        bits, digest = cell_bits(subject, name), 0
        for block in _blocks(subject.n_rows):
            digest += int((_mix(bits[block]) * odd_places[block]).sum(dtype=np.uint64))
            rows[block] += _seeded(bits[block], place)
        digests[name] = digest % 2**64
    return TableHashes(rows, digests)


def _blocks(n_rows: int) -> Iterator[slice]:
    """Rows that fit into a fast cache: what is mixed is read seven times."""
    return (slice(start, start + _BLOCK) for start in range(0, n_rows, _BLOCK))


def hash_without(subject: Subject, left_out: Collection[str]) -> Hashes:
    """The hashes of the rows over all columns but `left_out`."""
    rows = subject.once(hash_table).rows.copy()
    for name in left_out:
        rows -= _seeded(cell_bits(subject, name), subject.columns.index(name))
    return rows


def hash_only(subject: Subject, columns: Sequence[str]) -> Hashes:
    """The hashes of the rows over `columns`."""
    rows = np.zeros(subject.n_rows, dtype=np.uint64)
    for name in columns:
        rows += _seeded(cell_bits(subject, name), subject.columns.index(name))
    return rows


def codes_of(hashes: Hashes) -> Codes:
    """A number from 0 for each different hash."""
    return pd.factorize(hashes)[0]


def count_different(hashes: Hashes) -> int:
    """How many different hashes there are."""
    ordered = np.sort(hashes)
    return int((ordered[1:] != ordered[:-1]).sum()) + min(1, len(ordered))


def cell_bits(subject: Subject, name: str) -> Hashes:
    """64 bits for each cell, equal where cells are equal; texts are numbered in the order of their first row."""
    column = subject.frame[name]
    if column.dtype.kind == "i":
        column = column.astype(float) if _fits_a_double(column) else column
    if column.dtype.kind == "f":
        numbers = column.to_numpy(dtype=float) + 0.0
        return np.where(np.isnan(numbers), _GAP, numbers.view(np.uint64))
    if column.dtype.kind in "iM":
        return column.to_numpy().view(np.uint64)
    return subject.encode(name)[1].astype(np.int64).view(np.uint64)


def _fits_a_double(column: "pd.Series[Any]") -> bool:
    return len(column) > 0 and bool(column.abs().max() < 2**53)


def _seeded(bits: Hashes, place: int) -> Hashes:
    return _mix(bits ^ np.uint64((place + 1) * _STEP % 2**64))


def _mix(bits: Hashes) -> Hashes:
    """The finisher of splitmix64 (Steele, Lea, Flood 2014): every bit of the input changes half of the output."""
    mixed: Hashes = bits >> np.uint64(30)
    mixed ^= bits
    mixed *= _FIRST
    shifted = mixed >> np.uint64(27)
    mixed ^= shifted
    mixed *= _SECOND
    np.right_shift(mixed, np.uint64(31), out=shifted)
    mixed ^= shifted
    return mixed
