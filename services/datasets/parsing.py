"""From a file of anybody to a typed table, its profile and the report of how it was read. Pure of the portal's memory.

The portal calls it only in a child process (`parser`), because the bytes come from anybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from services.datasets.cells import ReadCells
from services.datasets.errors import UnreadableFileError
from services.datasets.formats.delimited import read_delimited
from services.datasets.formats.gzip_member import unpack
from services.datasets.formats.identify import Format, identify
from services.datasets.formats.lines import read_lines
from services.datasets.formats.parquet import read_parquet
from services.datasets.formats.workbook import read_workbook
from services.datasets.inference import Rules, TypedColumn
from services.datasets.numbers import CommaRule
from services.datasets.outcome import TABLE, ColumnReading, ReadingReport
from services.datasets.profile import ColumnProfile, TableProfile
from services.datasets.separators import describe_separator
from services.datasets.table_writing import describe_file, readings, type_columns, write_and_describe
from services.datasets.task import Task

_READERS: dict[Format, Callable[[Path, Task], ReadCells]] = {
    "text": read_delimited,
    "lines": read_lines,
    "workbook": read_workbook,
}


def parse_file(task: Task) -> tuple[TableProfile, ReadingReport]:
    """Read a file into `table.parquet` in the folder of the task, and rows set aside into `set_aside.csv`.

    Raises
    ------
    UnreadableFileError
        The file is no table, or has a fault; one sentence says what and where.
    ChoiceNeededError
        It can be read in several ways.
    """
    identity = identify(task.source, task.file_name)
    path = task.source
    if identity.is_packed:
        path = task.folder / "unpacked"
        unpack(task.source, path, max_bytes=task.limits.max_bytes, say=task.say)
    if path.stat().st_size > task.limits.max_bytes:
        size, limit = path.stat().st_size / 1024**2, task.limits.max_bytes / 1024**2
        raise UnreadableFileError(f"The file has {size:,.0f} MB; at most {limit:,.0f} MB are read. Upload fewer rows.")
    if identity.format == "parquet":
        return _parse_parquet(path, task)
    return _parse_cells(_READERS[identity.format](path, task), task)


def _parse_cells(cells: ReadCells, task: Task) -> tuple[TableProfile, ReadingReport]:
    store = cells.store
    check_row_count(store.n_rows, task.min_rows)
    rules = [_rules(name, position, cells, task) for position, name in enumerate(cells.names)]
    columns = type_columns(store, rules, task.say)
    profiles = write_and_describe(store, rules, columns, task.folder / TABLE, task.say)
    found = tuple(
        replace(column, notes=(*cells.notes.get(column.name, ()), *column.notes)) for column in readings(rules, columns)
    )
    warnings = (*_warnings(cells, columns), *cells.warnings)
    return _profile(store.n_rows, profiles, found, warnings), ReadingReport(
        format=cells.format,
        n_bytes=task.source.stat().st_size,
        n_rows=store.n_rows,
        n_set_aside=cells.n_set_aside,
        columns=found,
        encoding=cells.encoding,
        separator=cells.separator,
        decimal_sign="," if any(column.plan.decimal_comma for column in columns) else ".",
        sheet=cells.sheet,
        warnings=warnings,
    )


def _parse_parquet(path: Path, task: Task) -> tuple[TableProfile, ReadingReport]:
    found, n_rows = read_parquet(path, task, task.folder / TABLE)
    check_row_count(n_rows, task.min_rows)
    profile = _profile(n_rows, describe_file(task.folder / TABLE, task.say), found, ())
    return profile, ReadingReport("Parquet", task.source.stat().st_size, n_rows, 0, found)


def _profile(
    n_rows: int, columns: Sequence[ColumnProfile], found: Sequence[ColumnReading], notes: Sequence[str]
) -> TableProfile:
    """With what was noticed on the way, which comes before what the values show."""
    noted = (
        replace(column, notes=(*reading.notes, *column.notes)) for column, reading in zip(columns, found, strict=True)
    )
    return TableProfile(n_rows=n_rows, columns=tuple(noted), notes=tuple(notes))


def check_row_count(n_rows: int, min_rows: int) -> None:
    """Refuse a table without rows, and one that no model can learn from.

    Raises
    ------
    UnreadableFileError
        There are fewer rows than needed.
    """
    if n_rows == 0:
        raise UnreadableFileError("The file has column names but no rows. Upload the table with its rows.")
    if n_rows < min_rows:
        raise UnreadableFileError("The file has only one row. A model learns from many examples; upload all of them.")


def _rules(name: str, position: int, cells: ReadCells, task: Task) -> Rules:
    choices = task.choices
    return Rules(
        name=name,
        given=cells.given[position] if cells.given else "text",
        comma=_comma_rule(cells.separator, choices.decimal_comma),
        separator=describe_separator(cells.separator) if cells.separator else "",
        date_order=choices.date_orders.get(name),
        kept_tokens=choices.missing_tokens.get(name),
    )


def _comma_rule(separator: str, chosen: bool | None) -> CommaRule:
    """Only where semicolons separate is a decimal comma usual; elsewhere it is asked about."""
    if chosen is not None:
        return ("quoted" if separator == "," else "separator") if chosen else "no"
    if separator in (",", ""):
        return "no"
    return "likely" if separator == ";" else "ask"


def _warnings(cells: ReadCells, columns: list[TypedColumn]) -> list[str]:
    notes = []
    if cells.separator not in (",", ""):
        notes.append(f"The columns are separated by {describe_separator(cells.separator)}.")
    if any(column.plan.decimal_comma for column in columns):
        notes.append("Numbers use a comma as decimal sign (1,5 is one and a half).")
    if cells.encoding not in ("UTF-8", ""):
        notes.append(f"The text is read as {cells.encoding}.")
    if cells.n_set_aside:
        rows = "1 faulty row was" if cells.n_set_aside == 1 else f"{cells.n_set_aside:,} faulty rows were"
        notes.append(f"{rows} set aside.")
    return notes
