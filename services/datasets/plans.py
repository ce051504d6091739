"""How the cells of one column become values: a plan that is decided once and carried out on any part of the column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.late_pandas import load_pandas

Kind = Literal["whole", "number", "date", "text"]
MOMENT = pa.timestamp("us")
TYPES: dict[Kind, Any] = {"whole": pa.int64(), "number": pa.float64(), "date": MOMENT, "text": pa.string()}
ISO = "ISO"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a column is read as.

    `tokens` are read as missing, and so is a blank cell where `blanks_are_missing`. `needs_trim` says that spaces may
    stand around values; text keeps them. `date_format` is `ISO` or a format of `strptime`. Where `points_group`, a
    point in a number only groups its digits.
    """

    kind: Kind
    tokens: tuple[str, ...] = ()
    needs_trim: bool = True
    blanks_are_missing: bool = True
    decimal_comma: bool = False
    points_group: bool = False
    date_format: str = ""

    def apply(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """The values of some cells, of the type `TYPES[kind]`."""
        if self.kind == "text":
            return self.as_text(cells)
        return self.typed(self.present(cells))

    def present(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """The trimmed cells, null where missing."""
        trimmed = self.trimmed(cells)
        return blank_out(trimmed, self.is_missing(trimmed))

    def trimmed(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """The cells without spaces around them."""
        return pc.utf8_trim_whitespace(cells) if self.needs_trim else cells

    def is_missing(self, trimmed: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Which cells are blank or a spelling of missing; None where none is."""
        found = pc.equal(trimmed, "") if self.blanks_are_missing else None
        if self.tokens:
            is_token = pc.is_in(trimmed, pa.array(self.tokens))
            found = is_token if found is None else pc.or_(found, is_token)
        return found if found is not None and pc.any(found).as_py() else None

    def as_text(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """The cells as they stand, null where missing."""
        return blank_out(cells, self.is_missing(self.trimmed(cells)))

    def typed(self, present: pa.ChunkedArray) -> pa.ChunkedArray:
        """The values of trimmed cells."""
        if self.kind == "date":
            return to_moments(present, self.date_format)
        if self.kind == "whole":
            return _plain(present).cast(pa.int64())
        return to_numbers(present, decimal_comma=self.decimal_comma, points_group=self.points_group)


def blank_out(cells: pa.ChunkedArray, where: pa.ChunkedArray | None) -> pa.ChunkedArray:
    """The cells with nulls where something is true."""
    return cells if where is None else pc.if_else(where, pa.scalar(None, pa.string()), cells)


def to_numbers(present: pa.ChunkedArray, *, decimal_comma: bool = False, points_group: bool = False) -> pa.ChunkedArray:
    """Numbers as doubles; those too large for one become null.

    Raises
    ------
    pyarrow.ArrowInvalid
        A cell is no number.
    """
    plain = pc.replace_substring(present, ".", "") if points_group else present
    plain = pc.replace_substring(plain, ",", ".") if decimal_comma else plain
    values = plain.cast(pa.float64())
    is_finite = pc.is_finite(values)
    if pc.all(is_finite, min_count=0).as_py() is not False:
        return values
    return pc.if_else(is_finite, values, pa.scalar(None, pa.float64()))


def to_moments(present: pa.ChunkedArray, date_format: str) -> pa.ChunkedArray:
    """Moments in microseconds; what is none in this format becomes null. Few days are spelled many times."""
    if date_format == ISO:
        return present.cast(MOMENT)
    encoded = pc.dictionary_encode(present.combine_chunks())
    values = pa.array(read_moments(encoded.dictionary.to_pylist(), date_format), type=MOMENT, from_pandas=True)
    return pa.chunked_array([values.take(encoded.indices)])


def read_moments(texts: Sequence[str], date_format: str) -> "np.ndarray[Any, np.dtype[np.datetime64]]":
    """Moments in microseconds, not a time where a text is none in a format of `strptime`."""
    moments = load_pandas().to_datetime(np.array(texts, dtype=object), format=date_format, errors="coerce")
    found: np.ndarray[Any, np.dtype[np.datetime64]] = moments.to_numpy("datetime64[us]")
    return found


def _plain(present: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_ltrim(present, characters="+")
