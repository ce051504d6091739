"""From columns of cells to the typed table on disk, its profile, and what each column was read as."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from services.datasets.cells import CellStore, MixedCells
from services.datasets.choices import ChoiceNeededError, Question
from services.datasets.inference import Rules, TypedColumn, infer_column
from services.datasets.limits import TABLE_THREADS
from services.datasets.outcome import ColumnReading
from services.datasets.plans import TYPES
from services.datasets.profile import ColumnProfile
from services.datasets.profiling import profile_cells

_TYPE_WORDS = {"whole": "whole number", "number": "number", "date": "date", "text": "text"}
_ROWS_PER_GROUP = 1024**2
_BYTES_PER_GROUP = 128 * 1024**2
_CELLS_AT_ONCE = 2_000_000  # read back to be described

Say = Callable[[float | None, str], None]


def type_columns(store: CellStore | MixedCells, rules: Sequence[Rules], say: Say) -> list[TypedColumn]:
    """Type every column; its cells go, and its values stay in memory only where the cells did.

    Raises
    ------
    ChoiceNeededError
        Something about columns must be asked first; all questions at once.
    """
    columns = _type_all(store, rules, say)
    asked = [column.question for column in columns if column.question is not None]
    if asked:
        raise ChoiceNeededError(_once_each(asked))
    return columns


def write_and_describe(
    store: CellStore | MixedCells, rules: Sequence[Rules], columns: Sequence[TypedColumn], path: Path, say: Say
) -> tuple[ColumnProfile, ...]:
    """Write the table as Parquet and describe its columns, at the same time where the values are in memory."""
    schema = pa.schema([(rule.name, TYPES[column.plan.kind]) for rule, column in zip(rules, columns, strict=True)])
    if isinstance(store, CellStore) and store.is_on_disk:
        _write_batches(store, columns, schema, path, say)
        return describe_file(path, say)
    say(0.8, f"Writing and describing {len(columns):,} columns, {store.n_rows:,} rows")
    table = pa.Table.from_arrays([column.values for column in columns], schema=schema)
    with ThreadPoolExecutor(TABLE_THREADS) as pool:
        writing = pool.submit(write_parquet, [table], schema, path)
        found = tuple(pool.map(_describe, rules, columns))
        writing.result()
    return found


def write_parquet(tables: Sequence[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write pieces of one table as Parquet, as `tables.write_table` does."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table, row_group_size=_ROWS_PER_GROUP)


def readings(rules: Sequence[Rules], columns: Sequence[TypedColumn]) -> tuple[ColumnReading, ...]:
    """What each column was read as."""
    return tuple(
        ColumnReading(rule.name, _TYPE_WORDS[column.plan.kind], column.reason, column.notes)
        for rule, column in zip(rules, columns, strict=True)
    )


def describe_file(path: Path, say: Say) -> tuple[ColumnProfile, ...]:
    """The profiles of the columns of a written table, no more of them in memory at once than is needed."""
    found: list[ColumnProfile] = []
    with pq.ParquetFile(path) as file:
        names, n_rows = file.schema_arrow.names, file.metadata.num_rows
        step = max(1, _CELLS_AT_ONCE // n_rows)
        for start in range(0, len(names), step):
            say(0.85 + 0.15 * start / len(names), f"Describing {len(names):,} columns, {n_rows:,} rows")
            table = file.read(columns=names[start : start + step], use_threads=False)
            found += [profile_cells(name, table.column(name)) for name in table.column_names]
    return tuple(found)


def _describe(rules: Rules, column: TypedColumn) -> ColumnProfile:
    return profile_cells(rules.name, column.values, counted=column.counted)


def _type_all(store: CellStore | MixedCells, rules: Sequence[Rules], say: Say) -> list[TypedColumn]:
    done = 0

    def work(position: int) -> TypedColumn:
        nonlocal done
        column = infer_column(store.take(position), rules[position])
        done += 1
        say(0.5 + 0.25 * done / len(rules), f"Typed {done:,} of {len(rules):,} columns, {store.n_rows:,} rows")
        return replace(column, values=None, counted=None) if store.is_on_disk else _in_one_piece(column)

    if store.is_on_disk:
        return [work(position) for position in range(len(rules))]
    with ThreadPoolExecutor(TABLE_THREADS) as pool:
        return list(pool.map(work, range(len(rules))))


def _in_one_piece(column: TypedColumn) -> TypedColumn:
    """How the cells came does not show in the bytes of the table, and its hash is of what it holds only."""
    values = column.values.combine_chunks()
    return replace(column, values=values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values]))


def _write_batches(store: CellStore, columns: Sequence[TypedColumn], schema: pa.Schema, path: Path, say: Say) -> None:
    n_done = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        for batch in store.batches():
            held.append(batch)
            n_done += batch.num_rows
            if sum(one.nbytes for one in held) >= _BYTES_PER_GROUP:
                writer.write_table(_typed(held, columns, schema), row_group_size=_ROWS_PER_GROUP)
                held = []
                say(0.75 + 0.1 * n_done / store.n_rows, f"Wrote {n_done:,} of {store.n_rows:,} rows")
        if held:
            writer.write_table(_typed(held, columns, schema), row_group_size=_ROWS_PER_GROUP)


def _typed(held: Sequence[pa.RecordBatch], columns: Sequence[TypedColumn], schema: pa.Schema) -> pa.Table:
    cells = pa.Table.from_batches(held)
    return pa.Table.from_arrays(
        [column.plan.apply(cells.column(position)) for position, column in enumerate(columns)], schema=schema
    )


def _once_each(asked: Sequence[Question]) -> list[Question]:
    """A question about the whole file (the decimal sign) is asked once, however many columns raise it."""
    return list(
        {
            (question.field, "" if question.field == "decimal_comma" else question.column): question
            for question in reversed(asked)
        }.values()
    )[::-1]
