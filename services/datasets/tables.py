"""Tables as bytes: one typed Parquet spelling, so that a table has one content hash."""

from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_TYPE_WORDS = {"int64": "int64", "double": "float64", "string": "str", "large_string": "str"}
_TYPES = {"int64", "float64", "str", *(f"datetime64[{unit}]" for unit in ("s", "ms", "us", "ns"))}


def write_table(frame: pd.DataFrame) -> bytes:
    """The frame as Parquet.

    Parameters
    ----------
    frame
        Columns of int64, float64 (missing as NaN), datetime64 (missing as NaT) or text (pandas `str`, missing as NaN),
        under unique text names. The index is not kept.

    Raises
    ------
    TypeError
        A column has another type; the sentence names it.
    """
    buffer = BytesIO()
    _write(frame, buffer)
    return buffer.getvalue()


def write_table_file(frame: pd.DataFrame, path: Path) -> None:
    """As `write_table`, the same bytes, into a file."""
    with path.open("xb") as file:
        _write(frame, file)


def read_table(content: bytes) -> pd.DataFrame:
    """The frame that `write_table` wrote: equal to it in names, order, types and values (dates in microseconds)."""
    frame: pd.DataFrame = pq.read_table(BytesIO(content), use_threads=False).to_pandas()
    return frame


def read_table_file(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """The frame in a file that `write_table_file` wrote, or some of its columns."""
    frame: pd.DataFrame = pq.read_table(path, columns=columns, memory_map=True).to_pandas()
    return frame


def stored_types_of(path: Path) -> dict[str, str]:
    """The type of each column of a stored table: "int64", "float64", "str" or "datetime"; no row is read."""
    schema = pq.read_schema(path)
    return {field.name: _TYPE_WORDS.get(str(field.type), "datetime") for field in schema}


def _write(frame: pd.DataFrame, target: IO[bytes]) -> None:
    for name, dtype in frame.dtypes.items():
        if not _is_storable(dtype):
            raise TypeError(f"Column {name!r} has the type {dtype}; a table has int64, float64, datetime64 or str.")
    table = pa.Table.from_arrays(
        [_as_arrow(frame[name]) for name in frame.columns], names=[str(name) for name in frame.columns]
    ).combine_chunks()  # where a column was cut in memory must not show in its bytes
    pq.write_table(table, target, compression="zstd", coerce_timestamps="us", allow_truncated_timestamps=True)


def _as_arrow(column: "pd.Series[Any]") -> pa.Array:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return pa.array(column, type=pa.timestamp("us"), from_pandas=True, safe=False)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return pa.array(column, from_pandas=True)
    return pa.array(column, type=pa.string(), from_pandas=True)


def _is_storable(dtype: object) -> bool:
    return str(dtype) in _TYPES
