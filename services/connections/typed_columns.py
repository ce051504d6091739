"""Give each column of an answer its one type without losing anything, and say where it had to become text.

A table here has whole numbers, numbers, dates and text. An exact number stays a number only where the nearest float64
spells the same digits again (up to 15 significant ones: IEEE 754, `DBL_DIG`); otherwise every digit is kept, as text.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from services.connections.errors import UnusableCellsError
from services.connections.source import RawColumn

SAFE_DIGITS = 15
_EXACT_WHOLE = 2**53  # up to here every whole number is a float64
_KEPT_AS_TEXT = "Its numbers have more digits than a number can keep, so they are kept as text, with every digit."


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """One column of the table: int64 (without gaps), float64, timestamp in microseconds, or text."""

    name: str
    values: pa.ChunkedArray
    notes: tuple[str, ...]


def finish_column(column: RawColumn, chunks: list[pa.Array]) -> TypedColumn:
    """All batches of a column as one type.

    Raises
    ------
    UnusableCellsError
        A number is infinite.
    """
    role, chunks = (_settle(chunks)) if column.role == "loose" else (column.role, chunks)
    notes = list(column.notes)
    if role == "mixed":
        notes.append("It mixes numbers and text, so all of it is kept as text.")
        role, chunks = "text", [chunk.cast(pa.string()) for chunk in chunks]
    values = pa.chunked_array(chunks) if chunks else pa.chunked_array([], pa.string())
    if role == "flag":
        return TypedColumn(column.name, pc.if_else(values, "true", "false"), tuple(notes))
    if role == "decimal":
        values = _exact(values)
    elif role == "number":
        values = _number(values)
    if pa.types.is_string(values.type) and role != "text":
        notes.append(_KEPT_AS_TEXT)
    if pa.types.is_floating(values.type):
        values = _finite(column.name, values)
    return TypedColumn(column.name, values.cast(pa.timestamp("us")) if role == "time" else values, tuple(notes))


def _settle(chunks: list[pa.Array]) -> tuple[str, list[pa.Array]]:
    """What the batches of a loosely typed column have in common."""
    types = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    if not types or types == {pa.string()}:
        return "text", [chunk.cast(pa.string()) for chunk in chunks]
    if pa.string() in types:
        return "mixed", chunks
    if types == {pa.int64()}:
        return "number", [chunk.cast(pa.int64()) for chunk in chunks]
    if any(pa.types.is_integer(chunk.type) and not _fits_float(chunk) for chunk in chunks):
        return "mixed", chunks
    return "number", [chunk.cast(pa.float64()) for chunk in chunks]


def _number(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers with gaps become float64, which has a gap of its own, or text where that would round them."""
    if not pa.types.is_integer(values.type) or values.null_count == 0:
        return values
    return values.cast(pa.float64() if _fits_float(values) else pa.string())


def _fits_float(values: pa.Array | pa.ChunkedArray) -> bool:
    ends = pc.min_max(values)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    return low is None or (low >= -_EXACT_WHOLE and high <= _EXACT_WHOLE)


def _exact(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Exact numbers in text: int64 where they are whole, float64 where that keeps every digit, else the text itself."""
    present = values.drop_null()
    if len(present) == 0 or not _all(pc.match_substring_regex(present, r"^-?\d+(?:\.\d+)?$")):
        return values
    digits = pc.utf8_length(pc.replace_substring_regex(present, r"^-?[0.]*|\.", ""))
    most = pc.max(digits).as_py()
    is_whole = not pc.any(pc.match_substring(present, ".")).as_py()
    if is_whole and most <= (SAFE_DIGITS if values.null_count else 18):
        return values.cast(pa.float64() if values.null_count else pa.int64())
    return values.cast(pa.float64()) if most <= SAFE_DIGITS else values


def _all(found: pa.ChunkedArray) -> bool:
    return bool(pc.all(found).as_py())


def _finite(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Not-a-number is a gap; infinity has no place in a table."""
    if pc.any(pc.is_inf(values)).as_py():
        raise UnusableCellsError(name, "infinity")
    return pc.if_else(pc.is_nan(values), None, values)
