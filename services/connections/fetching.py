"""Carry out a checked query in a child process: rows into a typed Parquet file, the first rows as text, or a test."""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from services.connections.errors import UnusableResultError
from services.connections.source import QueryLimits, RawColumn, RawRows, Readable, Source
from services.connections.statements import check_statement
from services.connections.typed_columns import TypedColumn, finish_column

MAX_COLUMNS, MAX_NAME_LENGTH = 2_000, 256
PREVIEW_ROWS, PREVIEW_LENGTH = 20, 80
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class FetchedTable:
    """What came of a query whose rows were written to a file."""

    n_rows: int
    n_columns: int
    row_sha256: str
    column_notes: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as text, missing cells as None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def fetch_table(source: Source, statement: str, limits: QueryLimits, target: Path) -> FetchedTable:
    """Write all rows of the query to `target` as Parquet.

    Columns are int64 (without gaps), float64, timestamp[us] or text, under unique names, in the order of the query.
    `row_sha256` is the SHA-256 of the rows, in the order the database gave them, as UTF-8 CSV with a header, quoted
    text and unquoted empty cells for gaps: anybody who asks the same question can compute it again.

    Raises
    ------
    PortalError
        The statement, the host, the user, the query or its result is refused; the sentence says why. Never a part of
        the rows: more than `limits.max_rows` are refused, not cut.
    """
    with _reading(source, statement, limits) as raw:
        _check_columns(raw.columns)
        chunks = _collect(raw, limits)
    columns = [finish_column(column, found) for column, found in zip(raw.columns, chunks, strict=True)]
    table = pa.table([column.values for column in columns], names=[column.name for column in columns])
    if table.num_rows == 0:
        raise UnusableResultError("The query was answered with no rows at all. Check its WHERE, then ask again.")
    pq.write_table(table, target, compression="zstd")
    return FetchedTable(table.num_rows, table.num_columns, row_sha256(table), _notes(columns))


def preview_rows(source: Source, statement: str, limits: QueryLimits) -> Preview:
    """The first rows of the query, to look at."""
    with _reading(source, statement, limits) as raw:
        _check_columns(raw.columns)
        first = next(raw.batches, [pa.nulls(0) for _ in raw.columns])
        cells = [[_shown(value) for value in array.slice(0, PREVIEW_ROWS).to_pylist()] for array in first]
    return Preview(tuple(column.name for column in raw.columns), tuple(zip(*cells, strict=True)))


def try_source(source: Source, limits: QueryLimits) -> tuple[str, list[Readable]]:
    """The server in words and what can be read there; raises as a query would where something is wrong."""
    if source.kind == "postgresql":
        from services.connections import postgresql

        return postgresql.list_readable(source, limits.seconds, MAX_LISTED)
    if source.kind == "sqlite":
        from services.connections import sqlite_file

        return sqlite_file.list_readable(source, limits.seconds, MAX_LISTED)
    from services.connections import duckdb_file

    return duckdb_file.list_readable(source, limits.seconds, MAX_LISTED, memory_mb=limits.engine_memory_mb)


def row_sha256(table: pa.Table) -> str:
    """The hash of a table's rows as `fetch_table` describes it."""
    digest = _Digest()
    options = pa_csv.WriteOptions(include_header=True, batch_size=10_000, quoting_style="needed")
    with pa.PythonFile(digest, mode="w") as sink:
        pa_csv.write_csv(table, sink, options)
    return digest.hexdigest()


def _reading(source: Source, statement: str, limits: QueryLimits) -> AbstractContextManager[RawRows]:
    text = check_statement(statement, source.kind)
    if source.kind == "postgresql":
        from services.connections import postgresql

        return postgresql.reading(source, text, limits.seconds)
    if source.kind == "sqlite":
        from services.connections import sqlite_file

        return sqlite_file.reading(source, text, limits.seconds)
    from services.connections import duckdb_file

    return duckdb_file.reading(source, text, limits.seconds, memory_mb=limits.engine_memory_mb)


def _check_columns(columns: Sequence[RawColumn]) -> None:
    names = [column.name for column in columns]
    if len(names) > MAX_COLUMNS:
        raise UnusableResultError(f"The query gives {len(names):,} columns; at most {MAX_COLUMNS:,} are read.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UnusableResultError(f"Two columns are called “{twice}”. Give each a name of its own with AS.")
    if any(not name.strip() or len(name) > MAX_NAME_LENGTH for name in names):
        raise UnusableResultError(
            f"A column has no name, or one of more than {MAX_NAME_LENGTH} characters. Give it a name with AS."
        )


def _collect(raw: RawRows, limits: QueryLimits) -> list[list[pa.Array]]:
    chunks: list[list[pa.Array]] = [[] for _ in raw.columns]
    n_rows = n_bytes = 0
    for batch in raw.batches:
        n_rows += len(batch[0])
        n_bytes += sum(array.nbytes for array in batch)
        if n_rows > limits.max_rows:
            raise UnusableResultError(
                f"The query gives more than {limits.max_rows:,} rows, the most that one may bring. Nothing was kept. "
                "Narrow it with WHERE, or let the database sum up with GROUP BY."
            )
        if n_bytes > limits.max_bytes:
            raise UnusableResultError(
                f"The query gives more than {limits.max_bytes / 1024**2:,.0f} MB, the most that one may bring. Nothing "
                "was kept. Name only the columns that are needed, or narrow it with WHERE."
            )
        for kept, array in zip(chunks, batch, strict=True):
            kept.append(array)
    return chunks


def _notes(columns: Sequence[TypedColumn]) -> dict[str, tuple[str, ...]]:
    return {column.name: column.notes for column in columns if column.notes}


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= PREVIEW_LENGTH else text[: PREVIEW_LENGTH - 1] + "…"


class _Digest:
    """A file that keeps only the hash of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self._hash.update(content)
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def hexdigest(self) -> str:
        """What was written, as 64 hex digits."""
        return self._hash.hexdigest()
