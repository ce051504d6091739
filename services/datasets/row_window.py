"""A few rows of a stored table, and how many rows fit a condition, without ever holding the table in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from services.datasets.errors import ColumnMissingError
from services.datasets.recipe.conditions import matches

BATCH_ROWS = 16_384
MAX_ROWS, MAX_COLUMNS = 200, 40
MAX_PICKED = 10


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows `start` to `start + len(table)` of a table with `n_rows` rows; the table's index holds their positions."""

    table: pd.DataFrame
    start: int
    n_rows: int


def read_window(path: Path, start: int, n: int, columns: Sequence[str]) -> Rows:
    """Some columns of the rows from position `start` (0-based) on: at most `n`, fewer at the end, none beyond it.

    Row groups before the window are skipped unread; within one, rows are decoded a batch at a time.

    Raises
    ------
    ColumnMissingError
        The table has no such column.
    ValueError
        `start` or `n` is negative, or more than `MAX_ROWS` rows or `MAX_COLUMNS` columns are asked for.
    """
    if start < 0 or not 0 <= n <= MAX_ROWS or len(columns) > MAX_COLUMNS:
        raise ValueError(f"At most {MAX_ROWS} rows of {MAX_COLUMNS} columns are read, from row 0 on.")
    with pq.ParquetFile(path, memory_map=True) as file:
        _require(file, columns)
        n_rows = file.metadata.num_rows
        parts = list(_batches(file, start, min(start + n, n_rows), list(columns)))
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
    table = pa.Table.from_batches(parts, schema=schema).to_pandas(use_threads=False)
    return Rows(table.set_axis(pd.RangeIndex(start, start + len(table)), axis="index"), start, n_rows)


def read_picked(path: Path, positions: Sequence[int], columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of a few rows, one after the other; positions beyond the table are left out."""
    found = [read_window(path, position, 1, columns).table for position in positions[:MAX_PICKED]]
    return pd.concat(found) if found else pd.DataFrame(columns=list(columns))


def count_matches(path: Path, condition: Mapping[str, Any]) -> tuple[int, int]:
    """How many rows fit a checked condition, and how many rows there are. Reads one column, a batch at a time.

    Raises
    ------
    ColumnMissingError
        The table has no such column.
    StepNotPossibleError
        The kind of the column does not allow the operator or the value.
    """
    column = condition["column"]
    with pq.ParquetFile(path, memory_map=True) as file:
        _require(file, [column])
        n_found = 0
        if file.metadata.num_rows == 0:
            matches(file.schema_arrow.empty_table().select([column]).to_pandas(), condition)  # may refuse
        for batch in file.iter_batches(BATCH_ROWS * 8, columns=[column], use_threads=False):
            n_found += int(matches(batch.to_pandas(), condition).sum())
        return n_found, file.metadata.num_rows


def _require(file: pq.ParquetFile, columns: Sequence[str]) -> None:
    known = set(file.schema_arrow.names)
    for name in columns:
        if name not in known:
            raise ColumnMissingError(name)


def _batches(file: pq.ParquetFile, start: int, end: int, columns: list[str]) -> Any:
    first_of_group = 0
    for group in range(file.metadata.num_row_groups):
        n_in_group = file.metadata.row_group(group).num_rows
        if first_of_group < end and first_of_group + n_in_group > start:
            position = first_of_group
            for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns, use_threads=False):
                low, high = max(start, position), min(end, position + batch.num_rows)
                if low < high:
                    yield batch.slice(low - position, high - low)
                position += batch.num_rows
                if position >= end:
                    break
        first_of_group += n_in_group
