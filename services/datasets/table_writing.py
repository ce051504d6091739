"""From columns of cells to the typed table on disk, its profile, and what each column was read as."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from services.datasets.cells import CellStore, MixedCells
from services.datasets.choices import ChoiceNeededError, Question
from services.datasets.inference import Rules, TypedColumn, infer_column
from services.datasets.limits import TABLE_THREADS
from services.datasets.outcome import ColumnReading
from services.datasets.plans import TYPES
from services.datasets.profile import TableProfile
from services.datasets.profiling import profile_table

_TYPE_WORDS = {"whole": "whole number", "number": "number", "date": "date", "text": "text"}
_ROWS_PER_GROUP = 1024**2
_BYTES_PER_GROUP = 128 * 1024**2

Say = Callable[[float | None, str], None]


def type_and_write(store: CellStore | MixedCells, rules: Sequence[Rules], path: Path, say: Say) -> list[TypedColumn]:
    """Type every column and write the table as Parquet; the values stay in memory only where the cells did.

    Raises
    ------
    ChoiceNeededError
        Something about columns must be asked first; all questions at once.
    """
    columns = _type_all(store, rules, say)
    asked = [column.question for column in columns if column.question is not None]
    if asked:
        raise ChoiceNeededError(_once_each(asked))
    schema = pa.schema([(rule.name, TYPES[column.plan.kind]) for rule, column in zip(rules, columns, strict=True)])
    if isinstance(store, CellStore) and store.is_on_disk:
        _write_batches(store, columns, schema, path, say)
    else:
        table = pa.Table.from_arrays([column.values for column in columns], schema=schema)
        say(0.8, "Writing the table")
        write_parquet([table], schema, path)
    return columns


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


def describe(path: Path, columns: Sequence[ColumnReading], notes: Sequence[str], *, at_once: bool) -> TableProfile:
    """The profile of the written table; column by column where the whole would not fit into memory."""
    column_notes = {column.name: column.notes for column in columns}
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        groups = [names] if at_once else [[name] for name in names]
        profiles = [profile_table(_frame(file, group), notes=notes, column_notes=column_notes) for group in groups]
    described = tuple(column for profile in profiles for column in profile.columns)
    return TableProfile(n_rows=profiles[0].n_rows, columns=described, notes=tuple(notes))


def _frame(file: pq.ParquetFile, names: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = file.read(columns=names).to_pandas(self_destruct=True, split_blocks=True)
    return frame


def _type_all(store: CellStore | MixedCells, rules: Sequence[Rules], say: Say) -> list[TypedColumn]:
    done = 0

    def work(position: int) -> TypedColumn:
        nonlocal done
        column = infer_column(store.column(position), rules[position])
        done += 1
        say(0.5 + 0.25 * done / len(rules), f"Typed {done:,} of {len(rules):,} columns, {store.n_rows:,} rows")
        return column

    if store.is_on_disk:
        return [_without_values(work(position)) for position in range(len(rules))]
    with ThreadPoolExecutor(TABLE_THREADS) as pool:
        return list(pool.map(work, range(len(rules))))


def _without_values(column: TypedColumn) -> TypedColumn:
    return TypedColumn(column.plan, None, column.reason, column.notes, column.question)


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
