"""Parquet: its footer is weighed before anything is read, then batch after batch is brought to the types of a table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.datasets.errors import UnreadableFileError
from services.datasets.header import check_count, check_names
from services.datasets.limits import MAX_CELL_BYTES, MAX_TABLE_BYTES
from services.datasets.outcome import ColumnReading
from services.datasets.plans import MOMENT
from services.datasets.task import Task

_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8, "BYTE_ARRAY": 16}
_BATCH_ROWS = 65_536
_LARGEST_EXACT = 2**53
_EXACT_DIGITS = 15
_GROUP_BYTES = 128 * 1024**2


@dataclass(slots=True)
class Seen:
    """What one column holds, gathered over all of its batches."""

    n_missing: int = 0
    n_infinite: int = 0
    largest: int = 0  # of its amounts
    is_beyond: bool = False  # of what 64 bits with a sign hold
    n_cut_moments: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What a column becomes, how, and why."""

    type: Any
    words: str
    reason: str
    notes: tuple[str, ...] = ()


def read_parquet(path: Path, task: Task, target: Path) -> tuple[tuple[ColumnReading, ...], int]:
    """Write the table with the types that tables have; say what each column became and how many rows there are.

    Raises
    ------
    UnreadableFileError
        The file is damaged, encrypted, nested or too large, or holds what no table may.
    ChoiceNeededError
        Names are missing or repeated.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_footer(file, task)
            n_rows = file.metadata.num_rows
            names = check_names(file.schema_arrow.names, task.choices.renames, may_be_data=False)
            seen = _look(file, names, task)
            targets = [_target(field.type, found) for field, found in zip(file.schema_arrow, seen, strict=True)]
            schema = pa.schema([(name, one.type) for name, one in zip(names, targets, strict=True)])
            _write(file, schema, target, task)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, UnreadableFileError | MemoryError):
            raise
        words = "encrypted" if "encrypt" in str(error).lower() else "damaged"
        raise UnreadableFileError(f"The Parquet file is {words} and cannot be read. Export it again.") from None
    found = (ColumnReading(name, one.words, one.reason, one.notes) for name, one in zip(names, targets, strict=True))
    return tuple(found), n_rows


def _check_footer(file: pq.ParquetFile, task: Task) -> None:
    footer, limits = file.metadata, task.limits
    check_count(footer.num_columns, limits.max_columns)
    if footer.num_rows > limits.max_rows:
        raise UnreadableFileError(
            f"The file has {footer.num_rows:,} rows; at most {limits.max_rows:,} are read. Upload a sample of them."
        )
    width = 0
    for position in range(footer.num_columns):
        column = footer.schema.column(position)
        if column.max_repetition_level > 0 or ("." in column.path and column.path != column.name):
            raise UnreadableFileError(
                f"Column {position + 1:,} holds lists or records. Spread them over columns of their own."
            )
        width += column.length or _WIDTHS.get(column.physical_type, 16)
    if footer.num_rows * width > MAX_TABLE_BYTES:
        raise UnreadableFileError(
            f"The table would unpack to {footer.num_rows * width / 1024**3:,.0f} GB "
            f"(limit {MAX_TABLE_BYTES / 1024**3:,.0f} GB); it was not read. Upload fewer rows or columns."
        )


def _batches(file: pq.ParquetFile, say: Callable[[int], None]) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        yield batch
        done += batch.num_rows
        say(done)


def _look(file: pq.ParquetFile, names: list[str], task: Task) -> list[Seen]:
    n_rows = max(file.metadata.num_rows, 1)
    seen = [Seen() for _ in names]
    say = lambda done: task.say(0.5 * done / n_rows, f"Read {done:,} of {n_rows:,} rows")  # noqa: E731
    for batch in _batches(file, say):
        for position, column in enumerate(batch.columns):
            _see(_plain(column), seen[position], names[position])
    return seen


def _see(column: pa.Array, seen: Seen, name: str) -> None:
    kind = column.type
    seen.n_missing += column.null_count
    if pa.types.is_integer(kind) and len(column) > column.null_count:
        extremes = pc.min_max(column).as_py()
        seen.largest = max(seen.largest, -extremes["min"], extremes["max"])
        seen.is_beyond = seen.is_beyond or extremes["max"] >= 2**63
    elif pa.types.is_floating(kind):
        seen.n_infinite += pc.sum(pc.is_inf(column)).as_py() or 0
    elif pa.types.is_timestamp(kind) and kind.unit == "ns":
        seen.n_cut_moments += pc.sum(pc.not_equal(pc.nanosecond(column), 0)).as_py() or 0
    elif pa.types.is_string(kind):
        column.validate(full=True)
        if pc.any(pc.match_substring(column, "\0")).as_py():
            raise UnreadableFileError(f"Column “{name}” contains a NUL character, which no table should hold.")
        if (pc.max(pc.binary_length(column)).as_py() or 0) > MAX_CELL_BYTES:
            raise UnreadableFileError(f"Column “{name}” has a cell of more than 1 MB. Shorten it.")
    elif pa.types.is_binary(kind) or pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
        raise UnreadableFileError(f"Column “{name}” holds bytes or records, not values. Leave it out, or write text.")


def _plain(column: pa.Array) -> pa.Array:
    """Without a dictionary, and text in its usual layout."""
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    return column


def _target(kind: Any, seen: Seen) -> Target:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return _whole(seen)
    if pa.types.is_floating(kind):
        n = seen.n_infinite
        notes = (f"{'1 cell is' if n == 1 else f'{n:,} cells are'} infinite and read as missing.",) if n else ()
        return Target(pa.float64(), "number", "It holds numbers in the file.", notes)
    if pa.types.is_decimal(kind):
        return _decimal(kind)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _moment(kind, seen)
    if pa.types.is_boolean(kind):
        return Target(
            pa.string(), "text", "It holds true and false in the file.", ("Kept as the texts true and false.",)
        )
    if pa.types.is_null(kind):
        return Target(pa.string(), "text", "Every cell is empty.")
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return Target(pa.string(), "text", "It holds times or durations in the file.", ("Kept as text.",))
    return Target(pa.string(), "text", "It holds text in the file.")


def _whole(seen: Seen) -> Target:
    if seen.is_beyond:
        return Target(pa.string(), "text", "Some whole numbers are larger than 64 bits can hold.", ("Kept as text.",))
    if not seen.n_missing:
        return Target(pa.int64(), "whole number", "It holds whole numbers in the file.")
    if seen.largest <= _LARGEST_EXACT:
        return Target(pa.float64(), "number", "It holds whole numbers and gaps in the file.")
    note = "Some whole numbers are larger than a number beside gaps can be exactly, so it is kept as text."
    return Target(pa.string(), "text", note, (note,))


def _decimal(kind: Any) -> Target:
    if kind.precision <= _EXACT_DIGITS:
        return Target(pa.float64(), "number", "It holds decimal numbers of at most 15 digits in the file.")
    note = f"Its decimal numbers may have {kind.precision} digits, more than a number can hold, so it is kept as text."
    return Target(pa.string(), "text", note, (note,))


def _moment(kind: Any, seen: Seen) -> Target:
    notes = []
    if getattr(kind, "tz", None):
        notes.append("Its moments have a time zone; they are read as UTC.")
    if seen.n_cut_moments:
        notes.append(f"{seen.n_cut_moments:,} moments are read without their nanoseconds.")
    return Target(MOMENT, "date", "It holds dates in the file.", tuple(notes))


def _write(file: pq.ParquetFile, schema: pa.Schema, target: Path, task: Task) -> None:
    n_rows = max(file.metadata.num_rows, 1)
    say = lambda done: task.say(0.5 + 0.3 * done / n_rows, f"Wrote {done:,} of {n_rows:,} rows")  # noqa: E731
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        for batch in _batches(file, say):
            columns = [
                _convert(_plain(column), field.type) for column, field in zip(batch.columns, schema, strict=True)
            ]
            held.append(pa.RecordBatch.from_arrays(columns, schema=schema))
            if sum(one.nbytes for one in held) >= _GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(held))
                held = []
        if held:
            writer.write_table(pa.Table.from_batches(held))


def _convert(column: pa.Array, kind: Any) -> pa.Array:
    if kind == MOMENT:
        if pa.types.is_timestamp(column.type) and column.type.tz:
            column = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.timestamp(column.type.unit))
        return column.cast(pa.timestamp("us"), safe=not pa.types.is_timestamp(column.type))
    if kind == pa.float64():
        values = column.cast(pa.float64())
        return pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    return column.cast(kind)
