"""From a file of anybody to a typed table, its profile and the report of how it was read. Pure of the portal's memory.

The portal calls it only in a child process (`parser`), because the bytes come from anybody.
"""

from pathlib import Path

from services.datasets.errors import UnreadableFileError
from services.datasets.formats.delimited import DelimitedText, read_delimited
from services.datasets.formats.gzip_member import unpack
from services.datasets.formats.identify import identify
from services.datasets.inference import Rules, TypedColumn
from services.datasets.numbers import CommaRule
from services.datasets.outcome import TABLE, ReadingReport
from services.datasets.profile import TableProfile
from services.datasets.separators import describe_separator
from services.datasets.table_writing import describe, readings, type_and_write
from services.datasets.task import Task


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
    return _parse_text(path, task)


def _parse_text(path: Path, task: Task) -> tuple[TableProfile, ReadingReport]:
    text = read_delimited(path, task)
    check_row_count(text.store.n_rows)
    rules = [_rules(name, text.separator, task) for name in text.store.names]
    columns = type_and_write(text.store, rules, task.folder / TABLE, task.say)
    text.store.forget()
    found = readings(text.store.names, columns)
    warnings = _warnings(text, columns)
    task.say(0.85, f"Describing {len(found):,} columns, {text.store.n_rows:,} rows")
    profile = describe(task.folder / TABLE, found, warnings, at_once=not text.store.is_on_disk)
    return profile, ReadingReport(
        format="Delimited text",
        n_bytes=task.source.stat().st_size,
        n_rows=text.store.n_rows,
        n_set_aside=text.n_set_aside,
        columns=found,
        encoding=text.encoding,
        separator=text.separator,
        decimal_sign="," if any(column.plan.decimal_comma for column in columns) else ".",
        warnings=tuple(warnings),
    )


def check_row_count(n_rows: int) -> None:
    """Refuse what no model can learn from.

    Raises
    ------
    UnreadableFileError
        There are fewer than two rows.
    """
    if n_rows == 0:
        raise UnreadableFileError("The file has column names but no rows. Upload the table with its rows.")
    if n_rows == 1:
        raise UnreadableFileError("The file has only one row. A model learns from many examples; upload all of them.")


def _rules(name: str, separator: str, task: Task) -> Rules:
    choices = task.choices
    return Rules(
        name=name,
        comma=_comma_rule(separator, choices.decimal_comma),
        separator=describe_separator(separator),
        date_order=choices.date_orders.get(name),
        kept_tokens=choices.missing_tokens.get(name),
    )


def _comma_rule(separator: str, chosen: bool | None) -> CommaRule:
    """Only where semicolons separate is a decimal comma usual; elsewhere it is asked about."""
    if chosen is not None:
        return "separator" if chosen else "no"
    if separator == ",":
        return "no"
    return "likely" if separator == ";" else "ask"


def _warnings(text: DelimitedText, columns: list[TypedColumn]) -> list[str]:
    notes = [] if text.separator == "," else [f"The columns are separated by {describe_separator(text.separator)}."]
    if any(column.plan.decimal_comma for column in columns):
        notes.append("Numbers use a comma as decimal sign (1,5 is one and a half).")
    if text.encoding != "UTF-8":
        notes.append(f"The text is read as {text.encoding}.")
    if text.n_set_aside:
        rows = "1 faulty row was" if text.n_set_aside == 1 else f"{text.n_set_aside:,} faulty rows were"
        notes.append(f"{rows} set aside.")
    return notes
